use std::any::Any;
use std::sync::Mutex;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use rocketmq_client_rust::ConsumeConcurrentlyContext;
use rocketmq_client_rust::ConsumeConcurrentlyStatus;
use rocketmq_client_rust::ConsumeOrderlyContext;
use rocketmq_client_rust::ConsumeOrderlyStatus;
use rocketmq_client_rust::LocalTransactionState;
use rocketmq_client_rust::MQPushConsumer;
use rocketmq_client_rust::TransactionListener;
use rocketmq_client_rust::TransactionMQProducer;
use rocketmq_model::common::message::message_ext::MessageExt;
use rocketmq_model::common::message::message_queue::MessageQueue;
use rocketmq_model::common::message::message_single::Message;
use rocketmq_model::common::message::MessageTrait;

use crate::stage::body_of;
use crate::stage::describe;
use crate::stage::Outcome;
use crate::stage::Stage;
use crate::stage::TIMEOUT_MS;

pub async fn plain(stage: &Stage) -> Outcome<()> {
    let mut consumer = stage.consume("*").await?;
    let mut producer = stage.producer().await?;
    const EACH: usize = 10;
    for n in 0..EACH {
        let message = stage.message(&format!("sync-{n}"), "TagA");
        producer.send_with_timeout(message, TIMEOUT_MS).await?;
        producer.send_oneway(stage.message(&format!("oneway-{n}"), "TagA")).await?;
    }
    stage.expect(2 * EACH).await?;
    producer.shutdown().await;
    consumer.shutdown().await;
    Ok(())
}

pub async fn tags(stage: &Stage) -> Outcome<()> {
    let mut consumer = stage.consume("TagA").await?;
    let mut producer = stage.producer().await?;
    const EACH: usize = 4;
    for n in 0..EACH {
        for tag in ["TagB", "TagA"] {
            let message = stage.message(&format!("{tag}-{n}"), tag);
            producer.send_with_timeout(message, TIMEOUT_MS).await?;
        }
    }
    stage.expect(EACH).await?;
    producer.shutdown().await;
    consumer.shutdown().await;
    Ok(())
}

/// By key. Told is what each key saw.
pub async fn ordered(stage: &Stage) -> Outcome<()> {
    const KEYS: [&str; 3] = ["a", "b", "c"];
    const EACH: usize = 10;
    let mut consumer = stage.consumer("*").await?;
    let told = stage.told.clone();
    let seen: Mutex<[Vec<String>; 3]> = Mutex::default();
    consumer.register_message_listener_orderly(
        move |messages: &[&MessageExt], _: &mut ConsumeOrderlyContext| {
            let mut seen = seen.lock().unwrap();
            for message in messages {
                let key = message.get_tags().unwrap_or_default();
                let Some(place) = KEYS.iter().position(|each| key == *each) else { continue };
                seen[place].push(body_of(message));
                if seen[place].len() == EACH {
                    told.lock().unwrap().insert(format!("{key} {}", seen[place].join(" ")));
                }
            }
            Ok(ConsumeOrderlyStatus::Success)
        },
    );
    consumer.start().await?;
    let mut producer = stage.producer().await?;
    for n in 0..EACH {
        for (place, key) in KEYS.iter().enumerate() {
            let message = stage.message(&n.to_string(), key);
            let choose = |queues: &[MessageQueue], _: &Message, place: &usize| {
                queues.get(place % queues.len()).cloned()
            };
            producer.send_with_selector_timeout(message, choose, place, TIMEOUT_MS).await?;
        }
    }
    stage.expect(KEYS.len()).await?;
    producer.shutdown().await;
    consumer.shutdown().await;
    Ok(())
}

/// By level 1, which is a second. Told is whether one came before its time.
pub async fn delayed(stage: &Stage) -> Outcome<()> {
    let mut consumer = stage.consumer("*").await?;
    let told = stage.told.clone();
    consumer.register_message_listener_concurrently(
        move |messages: &[&MessageExt], _: &ConsumeConcurrentlyContext| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
            for message in messages {
                let is_early = now - message.born_timestamp() < 1_000;
                told.lock().unwrap().insert(format!("{} early={is_early}", describe(message)));
            }
            Ok(ConsumeConcurrentlyStatus::ConsumeSuccess)
        },
    );
    consumer.start().await?;
    let mut producer = stage.producer().await?;
    const COUNT: usize = 4;
    for n in 0..COUNT {
        let mut message = stage.message(&n.to_string(), "TagA");
        message.put_property("DELAY".into(), "1".into());
        producer.send_with_timeout(message, TIMEOUT_MS).await?;
    }
    stage.expect(COUNT).await?;
    producer.shutdown().await;
    consumer.shutdown().await;
    Ok(())
}

/// Decides as the tag says: at once, or later, when the broker asks.
struct Resolver;

impl TransactionListener for Resolver {
    fn execute_local_transaction(
        &self,
        message: &dyn MessageTrait,
        _: Option<&(dyn Any + Send + Sync)>,
    ) -> LocalTransactionState {
        match message.tags().unwrap_or_default().as_str() {
            "commit" => LocalTransactionState::CommitMessage,
            "rollback" => LocalTransactionState::RollbackMessage,
            _ => LocalTransactionState::Unknown,
        }
    }

    fn check_local_transaction(&self, message: &MessageExt) -> LocalTransactionState {
        match message.get_tags().unwrap_or_default().as_str() {
            "commit" | "later-commit" => LocalTransactionState::CommitMessage,
            _ => LocalTransactionState::RollbackMessage,
        }
    }
}

/// Those that are rolled back are sent first, so that they would be seen before the others.
pub async fn transactions(stage: &Stage) -> Outcome<()> {
    let mut consumer = stage.consume("*").await?;
    let mut producer = TransactionMQProducer::builder(stage.runtime.clone())
        .producer_group(format!("{}-p", stage.name))
        .name_server_addr(stage.namesrv.clone())
        .transaction_listener(Resolver)
        .build();
    producer.start().await?;
    const EACH: usize = 3;
    for kind in ["rollback", "later-rollback", "commit", "later-commit"] {
        for n in 0..EACH {
            let message = stage.message(&format!("{kind}-{n}"), kind);
            producer.send_message_in_transaction(message, None::<()>).await?;
        }
    }
    stage.expect(2 * EACH).await?;
    producer.shutdown().await;
    consumer.shutdown().await;
    Ok(())
}
