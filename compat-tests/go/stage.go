package main

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/admin"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

// The client looks for queues every 20 s, for new topics every 30 s.
const patience = 90 * time.Second

// A stage is a topic and a group for one scenario, and what it has to tell.
type stage struct {
	servers primitive.NamesrvAddr
	name    string // of the topic and of the group

	mutex     sync.Mutex
	told      []string
	inOrder   bool // as told, not sorted
	shutdowns []func() error
}

func newStage(namesrv, name string) *stage {
	return &stage{servers: primitive.NamesrvAddr{namesrv}, name: name}
}

// With the topics of retries: consumers would otherwise not know of them for half a minute.
func createTopics(namesrv, broker string, stages []*stage) error {
	client, err := admin.NewAdmin(
		admin.WithResolver(primitive.NewPassthroughResolver([]string{namesrv})))
	if err != nil {
		return err
	}
	defer client.Close()
	for _, each := range stages {
		for _, topic := range []string{each.name, "%RETRY%" + each.name} {
			err := client.CreateTopic(context.Background(), admin.WithTopicCreate(topic),
				admin.WithBrokerAddrCreate(broker))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stage) tell(line string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.told = append(s.told, line)
}

func (s *stage) lines() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	lines := append([]string(nil), s.told...)
	if !s.inOrder {
		sort.Strings(lines)
	}
	return lines
}

// await returns when that many lines were told.
func (s *stage) await(count int) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		told := len(s.lines())
		if told >= count {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d within %v", told, count, patience)
		}
	}
}

// describe is what a consumer sees of a message that another broker shows as well.
func describe(message *primitive.MessageExt) string {
	body := string(message.Body)
	if len(body) > 40 {
		body = fmt.Sprintf("%s (%d bytes)", strings.TrimRight(body, "."), len(body))
	}
	return fmt.Sprintf("%s tag=%s keys=%s n=%s tried=%d", body, message.GetTags(),
		message.GetKeys(), message.GetProperty("n"), message.ReconsumeTimes)
}

func (s *stage) message(body string) *primitive.Message {
	return primitive.NewMessage(s.name, []byte(body))
}

func (s *stage) producer(options ...producer.Option) (rocketmq.Producer, error) {
	client, err := rocketmq.NewProducer(s.producerOptions(options)...)
	if err == nil {
		err = s.start(client)
	}
	return client, err
}

func (s *stage) transactionProducer(listener primitive.TransactionListener) (
	rocketmq.TransactionProducer, error) {
	client, err := rocketmq.NewTransactionProducer(listener, s.producerOptions(nil)...)
	if err == nil {
		err = s.start(client)
	}
	return client, err
}

func (s *stage) producerOptions(more []producer.Option) []producer.Option {
	return append([]producer.Option{producer.WithNameServer(s.servers),
		producer.WithGroupName(s.name + "-p"), producer.WithInstanceName(s.name + "-p"),
		producer.WithSendMsgTimeout(15 * time.Second)}, more...)
}

type handler func(context.Context, *primitive.MessageExt) consumer.ConsumeResult

// tells makes a handler that tells what it is shown.
func (s *stage) tells() handler {
	return func(_ context.Context, message *primitive.MessageExt) consumer.ConsumeResult {
		s.tell(describe(message))
		return consumer.ConsumeSuccess
	}
}

func (s *stage) consume(selector consumer.MessageSelector, handle handler,
	options ...consumer.Option) error {
	client, err := rocketmq.NewPushConsumer(append([]consumer.Option{
		consumer.WithNameServer(s.servers), consumer.WithGroupName(s.name),
		consumer.WithInstance(s.name),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset)}, options...)...)
	if err != nil {
		return err
	}
	err = client.Subscribe(s.name, selector, func(ctx context.Context,
		messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		return handle(ctx, messages[0]), nil // it gets one at a time
	})
	if err != nil {
		return err
	}
	return s.start(client)
}

func (s *stage) start(client interface {
	Start() error
	Shutdown() error
}) error {
	s.shutdowns = append(s.shutdowns, client.Shutdown)
	return client.Start()
}

func (s *stage) end() {
	for _, shutdown := range s.shutdowns {
		if err := shutdown(); err != nil {
			s.tell("shutdown: " + err.Error())
		}
	}
}
