// Scenarios for the stock Go client, all at the same time: go/run NAMESRV BROKER. What each of them
// got is printed, a line each, without what differs from run to run; and sorted where nobody promised
// an order. So two brokers can be compared by what this prints. Exit code 1 when something is missing.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/apache/rocketmq-client-go/v2/rlog"
)

type scenario struct {
	name string
	run  func(*stage) error
}

var scenarios = []scenario{
	{"plain", plain},
	{"ordered", ordered},
	{"delayed", delayed},
	{"transactions", transactions},
	{"tags", tags},
	{"sql", sql},
	{"retry", retry},
	{"request", request},
}

// What should not come gets this long after everything that should.
const settle = time.Second

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: run NAMESRV BROKER")
		os.Exit(2)
	}
	rlog.SetLogLevel("fatal") // an error, to the client, is a transaction that is not committed at once
	stages := make([]*stage, len(scenarios))
	for i, each := range scenarios {
		stages[i] = newStage(os.Args[1], "go-"+each.name)
	}
	if err := createTopics(os.Args[1], os.Args[2], stages); err != nil {
		fmt.Fprintln(os.Stderr, "topics:", err)
		os.Exit(1)
	}
	outcomes := make([]chan error, len(scenarios))
	for i := range scenarios {
		outcomes[i] = make(chan error, 1)
		go func(i int) { outcomes[i] <- scenarios[i].run(stages[i]) }(i)
	}
	code := 0
	for i, each := range scenarios {
		if err := <-outcomes[i]; err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", each.name, err)
			code = 1
		}
	}
	time.Sleep(settle)
	for i, each := range scenarios {
		stages[i].end()
		for _, line := range stages[i].lines() {
			fmt.Printf("%s: %s\n", each.name, line)
		}
	}
	os.Exit(code)
}
