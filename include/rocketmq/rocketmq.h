#pragma once

/// The whole client SDK. Independent implementation of Apache RocketMQ's remoting protocol.

#include <rocketmq/admin.h>
#include <rocketmq/client.h>
#include <rocketmq/errc.h>
#include <rocketmq/message.h>
#include <rocketmq/options.h>
#include <rocketmq/producer.h>
#include <rocketmq/push_consumer.h>
#include <rocketmq/request_code.h>
#include <rocketmq/result.h>
