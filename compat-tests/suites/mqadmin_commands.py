"""What the suite mqadmin asks, in this order. {id} and {unique} are of the fourth message, {resent} is of
one in topic One, {client} is the consumer's id."""

PREPARE = """
updateTopic -b {broker} -t T -r 4 -w 4
updateTopic -c DefaultCluster -t T -r 4 -w 4 -a +message.type=NORMAL
updateTopic -c DefaultCluster -t Ordered -o true -r 4 -w 4
updateTopic -c DefaultCluster -t One -r 1 -w 1
updateTopic -b {broker} -t Bad*Name
updateTopic -b {broker} -t TBW102
updateTopic -b {broker} -t T -a +no.such=1
updateTopic -b {broker} -t T -a +message.type=WRONG
updateTopicList -b {broker} -f {dir}/topics.json
updateTopicPerm -t L2 -b {broker} -p 4
updateTopicPerm -t L2 -c DefaultCluster -p 6
updateSubGroup -b {broker} -g G
updateSubGroup -c DefaultCluster -g G2 -q 2 -r 3
updateSubGroup -b {broker} -g Bad*Name
updateSubGroupList -b {broker} -f {dir}/groups.json
getConsumerConfig -g G
getConsumerConfig -g Nope
setConsumeMode -b {broker} -t T -g G2 -m POP -q 1
setConsumeMode -c DefaultCluster -t T -g G2 -m PULL
setConsumeMode -b {broker} -t Nope -g G2 -m POP -q 1
setConsumeMode -b {broker} -t %RETRY%G2 -g G2 -m POP -q 1
sendMessage -t T -p hello0 -k key0 -c TagA -b broker-a -i 0
sendMessage -t T -p hello1 -k key1 -c TagB -b broker-a -i 1
sendMessage -t T -p hello2 -k key1 -c TagB -b broker-a -i 1
"""
LOOK = """
clusterList
clusterList -m
topicList
topicList -c
topicRoute -t T
topicRoute -t T -l
topicRoute -t Nope
topicClusterList -t T
topicStatus -t T
topicStatus -t T -c DefaultCluster
topicStatus -t Nope
consumerProgress -g G
consumerProgress -g G -t T
consumerProgress
consumerProgress -g Nope
consumerConnection -g G
consumerConnection -g Nope
producerConnection -t One -g P
producerConnection -t T -g Nope
producer -b {broker}
consumerStatus -g G
consumerStatus -g G -s
consumerStatus -g G -i {client}
consumerStatus -g G -i nobody
consumerStatus -g Nope
brokerStatus -b {broker}
brokerStatus -c DefaultCluster
brokerConsumeStats -b {broker}
brokerConsumeStats -b {broker} -o true
getBrokerConfig -b {broker}
getBrokerConfig -c DefaultCluster
getNamesrvConfig
queryMsgById -t T -i {id}
queryMsgById -t T -i {id} -g G -d {client}
queryMsgById -t T -i {id} -g G -d nobody
queryMsgById -t T -i 7F0000010000000000000000000099FF
queryMsgByKey -t T -k key1
queryMsgByKey -t T -k nokey
queryMsgByUniqueKey -t T -i {unique}
queryMsgByUniqueKey -t T -i nope
queryMsgByUniqueKey -t T -i {unique} -g G -d {client}
queryMsgByOffset -t T -b broker-a -i 1 -o 1
printMsg -t T -d true
printMsgByQueue -t T -a broker-a -i 1 -p true -d true
consumeMessage -t T -b broker-a -i 1 -o 0 -c 1
queryMsgTraceById -i {unique}
allocateMQ -t T -i 127.0.0.1,127.0.0.2
statsAll
statsAll -t T
statsAll -a -t T
queryCq -t T -q 1 -i 0 -c 2 -b {broker}
queryCq -t T -q 1 -i 0 -c 2 -b {broker} -g G
queryCq -t T -q 1 -i 0 -c 2 -b {broker} -g Nope
queryCq -t T -q 1 -i 100 -c 2 -b {broker}
queryCq -t T -q 9 -i 0 -c 2 -b {broker}
haStatus -b {broker}
haStatus -c DefaultCluster
exportMetadata -c DefaultCluster -f {dir}/all
exportMetadata -b {broker} -t -f {dir}/topics
exportMetadata -b {broker} -g -f {dir}/groups
exportConfigs -c DefaultCluster -f {dir}/configs
exportMetrics -c DefaultCluster -f {dir}/metrics
"""
CHANGE = """
updateBrokerConfig -b {broker} -k transactionCheckMax -v 14
updateBrokerConfig -c DefaultCluster -k traceOn -v false
updateBrokerConfig -c DefaultCluster -k traceOn -v true
updateBrokerConfig -b {broker} -k brokerConfigPath -v /tmp/x
updateBrokerConfig -b {broker} -k rocketmqHome -v /tmp/x
updateBrokerConfig -b {broker} -k storePathRootDir -v /tmp/x
updateBrokerConfig -b {broker} -k noSuchKey -v 1
updateBrokerConfig -b {broker} -k fileReservedTime -v abc
exportConfigs -c DefaultCluster -f {dir}/configs-changed
updateNamesrvConfig -k orderMessageEnable -v true
updateNamesrvConfig -k kvConfigPath -v /tmp/x
updateNamesrvConfig -k noSuch -v 1
updateKvConfig -s NS -k K -v V
deleteKvConfig -s NS -k K
updateOrderConf -t T -m put -v broker-a:4
updateOrderConf -t T -m get
topicRoute -t Ordered
updateOrderConf -t T -m delete
updateOrderConf -t T -m get
wipeWritePerm -b broker-a
topicRoute -t One
addWritePerm -b broker-a
queryMsgById -t One -i {resent} -s true
checkMsgSendRT -t One -a 2 -s 16
sendMsgStatus -b broker-a -s 16 -c 2
cloneGroupOffset -s G -d G2 -t T
cloneGroupOffset -s G -d Clone -t T
consumerProgress -g G2
resetOffsetByTime -g G -t T -s 0
resetOffsetByTime -g G -t T -s -1
resetOffsetByTime -g G -t T -s now -q 1 -b {broker}
resetOffsetByTime -g G -t T -s 0 -q 1 -b {broker} -o 1
resetOffsetByTime -g G2 -t T -s 0
resetOffsetByTime -g Nope -t T -s 0
resetOffsetByTime -g G -t Nope -s 0
skipAccumulatedMessage -g G -t T
cleanExpiredCQ -b {broker}
cleanUnusedTopic -b {broker}
deleteExpiredCommitLog -b {broker}
createUser -b {broker} -u ann -p ann-secret -t Normal
createUser -b {broker} -u ann -p again-secret -t Normal
createUser -c DefaultCluster -u bob -p bob-secret
createUser -b {broker} -u wrong -p wrong-secret -t Wrong
deleteUser -b {broker} -u wrong
updateUser -b {broker} -u ann -p other-secret
updateUser -b {broker} -u ann -s disable
updateUser -b {broker} -u nobody -p nobody-secret
getUser -b {broker} -u ann
getUser -b {broker} -u nobody
listUser -b {broker}
listUser -c DefaultCluster -f an
copyUser -f {broker} -t {broker} -u ann
createAcl -b {broker} -s User:ann -r Topic:T,Group:G -a Pub,Sub -d Allow -i 10.0.0.1
createAcl -b {broker} -s User:nobody -r Topic:T -a Pub -d Allow
createAcl -b {broker} -s User:ann -r Topic:T -a Wrong -d Allow
createAcl -b {broker} -s User:ann -r Wrong:T -a Pub -d Allow
createAcl -b {broker} -s User:ann -r Topic:T -a Pub -d Wrong
createAcl -b {broker} -s User:ann -r Topic:T -a Pub -d Allow -i wrong
updateAcl -b {broker} -s User:ann -r Topic:T -a All -d Deny
updateAcl -c DefaultCluster -s User:bob -r * -a All -d Deny
getAcl -b {broker} -s User:ann
getAcl -b {broker} -s User:nobody
listAcl -b {broker}
listAcl -b {broker} -s User:ann -r Topic:T
copyAcl -f {broker} -t {broker} -s User:ann
deleteAcl -b {broker} -s User:ann -r Topic:T
getAcl -b {broker} -s User:ann
deleteAcl -b {broker} -s User:ann
getAcl -b {broker} -s User:ann
deleteUser -b {broker} -u ann
deleteUser -b {broker} -u nobody
listUser -b {broker}
getColdDataFlowCtrInfo -b {broker}
updateColdDataFlowCtrGroupConfig -b {broker} -g G -v 1000
removeColdDataFlowCtrGroupConfig -b {broker} -g G
setCommitLogReadAheadMode -b {broker} -m 1
setCommitLogReadAheadMode -b {broker} -m 7
resetMasterFlushOffset -b {broker} -o 0
exportPopRecord -b {broker}
checkRocksdbCqWriteProgress -c DefaultCluster -t T
switchTimerEngine -b {broker} -e F
getBrokerEpoch -b broker-a
getSyncStateSet -a {broker} -c DefaultCluster
getControllerMetaData -a {broker}
getControllerConfig -a {broker}
updateControllerConfig -a {broker} -k k -v v
electMaster -a {broker} -b 1 -c DefaultCluster -bn broker-a
cleanBrokerMetadata -a {broker} -bn broker-a -c DefaultCluster
addBroker -c {broker} -b /x
removeBroker -c {broker} -b DefaultCluster:broker-a:0
getBrokerLiteInfo -b {broker}
getParentTopicInfo -p T
getLiteTopicInfo -p T -l x
getLiteClientInfo -p T -g G -c one
getLiteGroupInfo -p T -g G -l x
triggerLiteDispatch -b {broker} -g G -p T
deleteTopic -c DefaultCluster -t L1
deleteTopic -c DefaultCluster -t TBW102
deleteSubGroup -b {broker} -g LG1
deleteSubGroup -c DefaultCluster -g LG2 -r true
topicList
getConsumerConfig -g LG1
updateStaticTopic -t S -qn 4 -b broker-a
remappingStaticTopic -t S -b broker-a
"""
TOPICS = [{"topicName": f"L{n}", "readQueueNums": n, "writeQueueNums": n, "perm": 6,
           "topicFilterType": "SINGLE_TAG"} for n in (1, 2)]
GROUPS = [{"groupName": "LG1", "consumeEnable": True, "retryMaxTimes": 3}, {"groupName": "LG2"}]

# Subcommands that are not asked.
LEFT_OUT = {
    "clusterRT": "never ends",
    "startMonitoring": "never ends",
    "dumpCompactionLog": "reads a local file of stock's",
    "exportMetadataInRocksDB": "reads a local file of stock's",
    "rocksDBConfigToJson": "reads a local file of stock's",
}
