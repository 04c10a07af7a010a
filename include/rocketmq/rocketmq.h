#pragma once

/// Everything a program needs. (<rocketmq/coroutine.h> wants C++20; <rocketmq/testing/…> another
/// library.)
#include <rocketmq/admin.h>
#include <rocketmq/client.h>
#include <rocketmq/errc.h>
#include <rocketmq/message.h>
#include <rocketmq/options.h>
#include <rocketmq/producer.h>
#include <rocketmq/pull_consumer.h>
#include <rocketmq/push_consumer.h>
#include <rocketmq/request_code.h>
#include <rocketmq/result.h>
#include <rocketmq/simple_consumer.h>
#include <rocketmq/statistics.h>
#include <rocketmq/transaction.h>
