package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

var everything = consumer.MessageSelector{}

// Sync, async, one-way, in a batch, and one that is compressed.
func plain(s *stage) error {
	if err := s.consume(everything, s.tells()); err != nil {
		return err
	}
	client, err := s.producer()
	if err != nil {
		return err
	}
	message := func(kind string, n int) *primitive.Message {
		body := fmt.Sprintf("%s-%d", kind, n)
		if kind == "large" {
			body += strings.Repeat(".", 100_000)
		}
		m := s.message(body).WithTag("TagA").WithKeys([]string{"key-" + strconv.Itoa(n), "all"})
		m.WithProperty("n", strconv.Itoa(n))
		return m
	}
	const each = 5
	var batch []*primitive.Message
	ctx := context.Background()
	for n := 0; n < each; n++ {
		for _, kind := range []string{"sync", "large"} {
			if result, err := client.SendSync(ctx, message(kind, n)); err != nil {
				return err
			} else if result.Status != primitive.SendOK {
				return fmt.Errorf("%s-%d: %v", kind, n, result)
			}
		}
		err := client.SendAsync(ctx, func(_ context.Context, _ *primitive.SendResult, err error) {
			if err != nil {
				s.tell("async: " + err.Error())
			}
		}, message("async", n))
		if err != nil {
			return err
		}
		if err := client.SendOneWay(ctx, message("oneway", n)); err != nil {
			return err
		}
		batch = append(batch, message("batch", n))
	}
	if _, err := client.SendSync(ctx, batch...); err != nil {
		return err
	}
	return s.await(5 * each)
}

// By key, where the consumer refuses the third message of each key once. Told is what each key saw.
func ordered(s *stage) error {
	s.inOrder = true
	keys := []string{"a", "b", "c"}
	const each = 10
	var mutex sync.Mutex
	seen := map[string][]string{}
	handle := func(_ context.Context, m *primitive.MessageExt) consumer.ConsumeResult {
		mutex.Lock()
		defer mutex.Unlock()
		key, body := m.GetShardingKey(), string(m.Body)
		if body == "2" && seen[key][len(seen[key])-1] != "2!" {
			seen[key] = append(seen[key], "2!")
			return consumer.SuspendCurrentQueueAMoment
		}
		seen[key] = append(seen[key], body)
		if len(seen[key]) == each+1 {
			s.tell(key)
		}
		return consumer.ConsumeSuccess
	}
	if err := s.consume(everything, handle, consumer.WithConsumerOrder(true)); err != nil {
		return err
	}
	client, err := s.producer(producer.WithQueueSelector(producer.NewHashQueueSelector()))
	if err != nil {
		return err
	}
	for n := 0; n < each; n++ {
		for _, key := range keys {
			m := s.message(strconv.Itoa(n)).WithShardingKey(key)
			if _, err := client.SendSync(context.Background(), m); err != nil {
				return err
			}
		}
	}
	err = s.await(len(keys))
	mutex.Lock()
	defer mutex.Unlock()
	s.told = nil
	for _, key := range keys {
		s.tell(key + " " + strings.Join(seen[key], " "))
	}
	return err
}

// By level; told is whether one came before its time.
func delayed(s *stage) error {
	delays := map[int]time.Duration{1: time.Second, 2: 5 * time.Second}
	handle := func(_ context.Context, m *primitive.MessageExt) consumer.ConsumeResult {
		level, _ := strconv.Atoi(m.GetProperty("level"))
		born := time.Unix(0, m.BornTimestamp*int64(time.Millisecond))
		isEarly := time.Since(born) < delays[level]
		s.tell(fmt.Sprintf("%s early=%v", describe(m), isEarly))
		return consumer.ConsumeSuccess
	}
	if err := s.consume(everything, handle); err != nil {
		return err
	}
	client, err := s.producer()
	if err != nil {
		return err
	}
	const each = 3
	for level := range delays {
		for n := 0; n < each; n++ {
			m := s.message(fmt.Sprintf("level-%d-%d", level, n)).WithDelayTimeLevel(level)
			m.WithProperty("level", strconv.Itoa(level))
			if _, err := client.SendSync(context.Background(), m); err != nil {
				return err
			}
		}
	}
	return s.await(len(delays) * each)
}

func tags(s *stage) error {
	selector := consumer.MessageSelector{Type: consumer.TAG, Expression: "TagA || TagC"}
	if err := s.consume(selector, s.tells()); err != nil {
		return err
	}
	client, err := s.producer()
	if err != nil {
		return err
	}
	const each = 4
	for n := 0; n < each; n++ {
		for _, tag := range []string{"TagB", "TagA", "TagC"} {
			m := s.message(fmt.Sprintf("%s-%d", tag, n)).WithTag(tag)
			if _, err := client.SendSync(context.Background(), m); err != nil {
				return err
			}
		}
	}
	return s.await(2 * each)
}

func sql(s *stage) error {
	selector := consumer.MessageSelector{Type: consumer.SQL92, Expression: "n BETWEEN 3 AND 6"}
	if err := s.consume(selector, s.tells()); err != nil {
		return err
	}
	client, err := s.producer()
	if err != nil {
		return err
	}
	for n := 0; n < 10; n++ {
		m := s.message(strconv.Itoa(n))
		m.WithProperty("n", strconv.Itoa(n))
		if _, err := client.SendSync(context.Background(), m); err != nil {
			return err
		}
	}
	return s.await(4)
}

// Refused twice, each comes a third time.
func retry(s *stage) error {
	handle := func(ctx context.Context, m *primitive.MessageExt) consumer.ConsumeResult {
		s.tell(describe(m))
		if m.ReconsumeTimes >= 2 {
			return consumer.ConsumeSuccess
		}
		if how, ok := primitive.GetConcurrentlyCtx(ctx); ok {
			how.DelayLevelWhenNextConsume = 1
		}
		return consumer.ConsumeRetryLater
	}
	if err := s.consume(everything, handle); err != nil {
		return err
	}
	client, err := s.producer()
	if err != nil {
		return err
	}
	const count = 4
	for n := 0; n < count; n++ {
		m := s.message(strconv.Itoa(n)).WithTag("TagA")
		if _, err := client.SendSync(context.Background(), m); err != nil {
			return err
		}
	}
	return s.await(3 * count)
}

// What is asked for is answered by the consumer. The broker takes no answer before the client's first
// heartbeat, a second after its start, has told it who asks.
func request(s *stage) error {
	client, err := s.producer()
	if err != nil {
		return err
	}
	handle := func(ctx context.Context, m *primitive.MessageExt) consumer.ConsumeResult {
		reply, err := consumer.CreateReplyMessage(m, nil)
		if err == nil {
			reply.Body = append([]byte("reply to "), m.Body...) // it would not set it
		}
		for deadline := time.Now().Add(patience); err == nil; time.Sleep(200 * time.Millisecond) {
			_, failure := client.SendSync(ctx, reply)
			if failure == nil {
				return consumer.ConsumeSuccess
			}
			if time.Now().After(deadline) {
				err = failure
			}
		}
		s.tell("reply: " + err.Error())
		return consumer.ConsumeSuccess
	}
	if err := s.consume(everything, handle); err != nil {
		return err
	}
	const count = 3
	for n := 0; n < count; n++ {
		reply, err := client.Request(context.Background(), patience, s.message(strconv.Itoa(n)))
		if err != nil {
			return err
		}
		s.tell(string(reply.Body))
	}
	return nil
}
