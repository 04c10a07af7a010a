"""Where mqadmin prints something else on broker-lite, and why. What no longer differs goes."""

# Subcommands that print settings. Of stock's only those are compared that broker-lite shows, too: what
# would have no effect is not shown.
SETTINGS = "getBrokerConfig|getNamesrvConfig"

# (subcommand, regular expression of lines that are left out on both sides, why)
LINES = [
    ("clusterList", r"^DefaultCluster broker-a 0 ADDRESS V5_",
     "says which version of the protocol it speaks: 5.3.3"),
    ("brokerStatus", r"brokerVersionDesc :", "the same"),
    ("brokerStatus", r"(putTps|get\w+Tps) :",
     "all three figures from the start, where stock leaves out what it has not measured yet; and "
     "getTransferedTps, which mqadmin 4.x stumbles over when it is missing"),
    ("brokerStatus", r"putMessageDistributeTime :", "stock has none in the first minute"),
    ("topicList|statsAll", r"RMQ_SYS_ROCKSDB_TRANS_(OP_)?HALF_TOPIC", "there is no RocksDB here"),
    ("wipeWritePerm|addWritePerm", r"write perm of broker\[broker-a\]", "two topics fewer: the same"),
    ("updateTopic", r"value is not in set: \[UNSPECIFIED, MIXED, TRANSACTION,",
     "there are no priority and lite topics here"),
    ("getBrokerConfig", r"^(brokerIP1|listenPort|namesrvAddr) =",
     "stock prints the name server that the suite gives it; here it is the built-in one, and ports "
     "are what the system chose"),
    ("getBrokerConfig", r"^(diskMaxUsedSpaceRatio|mappedFileSizeCommitLog) =", "set by the suite for stock"),
    ("getBrokerConfig", r"^(maxTransferCountOnMessageInMemory|pullBatchMaxMessageCount) =",
     "larger batches are allowed here"),
    ("getBrokerConfig", r"^(advertisePort|proxyProtocol|slowRequestThresholdMs|sqlFilter\w+Max) =",
     "settings of ours"),
    ("getBrokerConfig", r"^(transactionChecksAtOnceMax|waitingPullsMax) =", "the same"),
    ("getBrokerConfig", r"^(tls|rocketmq)\.", "stock has them as properties of its JVM"),
    ("getBrokerConfig", r"^(initAuthenticationUser|innerClientAuthenticationCredentials) =",
     "secrets are not shown"),
    ("getBrokerConfig", r"^authenti\w+Whitelist =|^authori\w+Whitelist =",
     "empty; stock does not show what nobody has set"),
    ("getBrokerConfig|exportConfigs", r"filterServerNums", "mqadmin 4.x asks for it"),
    ("getBrokerConfig|exportMetrics", r"clientCallbackExecutorThreads =|\"cpuNum\":",
     "one thread answers here"),
    ("createAcl", r"CODE: 16 .* The (actions? |resource |source ip )", "says what is wrong with which"),
    ("queryCq", r"ConsumeQueueData.*eval=",
     "says whether the group's filter matches; stock only where there is an extended consume queue"),
]

# (subcommand, regular expression of what is printed on broker-lite instead, why)
ANSWERS = [
    ("queryCq -t T -q 1 -i 100 .*", r"Queue data:\s+max: 2, min: 0\s+=+\s*$",
     "an empty list; stock answers without a body, and mqadmin stumbles over it"),
    ("updateBrokerConfig .* -k storePathRootDir .*", r"CODE: 29 .*is set when the server starts",
     "paths are not changed from afar; and a change that has no effect is not called a success"),
    ("updateBrokerConfig .* -k noSuchKey .*", r"CODE: 29 .*is no setting of this server",
     "a change that has no effect is not called a success"),
    ("updateBrokerConfig .* -v abc", r"CODE: 29 .*is no number within", "the same"),
    ("updateNamesrvConfig -k noSuch .*", r"CODE: 29 .*is no setting of this server", "the same"),
    ("queryMsgById .* -s true", r"(?s)prepare resend msg.*(SEND_OK|username cannot be null)",
     "mqadmin sends without credentials, unless two clients of it share a name, the time in ms"),
    ("createUser .* -t Wrong", r"CODE: 29 .*The userType is wrong", "stock makes it a normal user"),
    ("(get|update|remove)ColdDataFlowCtr.*|setCommitLogReadAheadMode .* -m 1",
     r"CODE: 3 .*not supported", "reads of old messages are not held back here"),
    ("resetMasterFlushOffset", r"CODE: 3 .*not supported", "there are no slaves here"),
    ("exportPopRecord|checkRocksdbCqWriteProgress|switchTimerEngine", r"CODE: 3 .*not supported",
     "there is no RocksDB here"),
    ("getBrokerEpoch", r"CODE: 3 .*not supported", "there is no controller here"),
    ("updateStaticTopic", r"CODE: 3 .*not supported", "there are no static topics here"),
    ("remappingStaticTopic", r"No topic route to do the remapping", "the same"),
    ("getBrokerLiteInfo", r"CODE: 3 .*not supported", "there are no lite topics here"),
    ("getConsumerConfig -g LG1", r"^$", "what is deleted stays deleted; stock makes it anew at once"),
]
