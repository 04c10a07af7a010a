package main

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// resolver decides as the body of the message says: at once, or later, when the broker asks.
type resolver struct {
	tell func(string)
}

func (r *resolver) ExecuteLocalTransaction(m *primitive.Message) primitive.LocalTransactionState {
	if isLater(m) {
		return primitive.UnknowState
	}
	return decision(m)
}

// A broker may also ask about others, which it is slow to settle.
func (r *resolver) CheckLocalTransaction(m *primitive.MessageExt) primitive.LocalTransactionState {
	if isLater(&m.Message) {
		r.tell("asked about " + string(m.Body))
	}
	return decision(&m.Message)
}

func isLater(m *primitive.Message) bool { return strings.HasPrefix(string(m.Body), "later") }

func decision(m *primitive.Message) primitive.LocalTransactionState {
	if strings.Contains(string(m.Body), "commit") {
		return primitive.CommitMessageState
	}
	return primitive.RollbackMessageState
}

// Those that are rolled back are sent first, so that they would be seen before the others.
func transactions(s *stage) error {
	// A broker may ask again before it has read the answer; then stock commits twice.
	var told sync.Map
	tellOnce := func(line string) {
		if _, known := told.LoadOrStore(line, true); !known {
			s.tell(line)
		}
	}
	handle := func(_ context.Context, m *primitive.MessageExt) consumer.ConsumeResult {
		tellOnce(describe(m))
		return consumer.ConsumeSuccess
	}
	if err := s.consume(everything, handle); err != nil {
		return err
	}
	client, err := s.transactionProducer(&resolver{tell: tellOnce})
	if err != nil {
		return err
	}
	const each = 3
	for _, kind := range []string{"rollback", "later-rollback", "commit", "later-commit"} {
		for n := 0; n < each; n++ {
			m := s.message(kind + "-" + strconv.Itoa(n)).WithTag("TagA")
			if _, err := client.SendMessageInTransaction(context.Background(), m); err != nil {
				return err
			}
		}
	}
	return s.await(4 * each) // two kinds are committed, two asked about
}
