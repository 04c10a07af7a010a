use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use rocketmq_client_rust::ClientRuntime;
use rocketmq_client_rust::ConsumeConcurrentlyContext;
use rocketmq_client_rust::ConsumeConcurrentlyStatus;
use rocketmq_client_rust::DefaultMQProducer;
use rocketmq_client_rust::DefaultMQPushConsumer;
use rocketmq_client_rust::MQPushConsumer;
use rocketmq_model::common::consumer::consume_from_where::ConsumeFromWhere;
use rocketmq_model::common::message::message_ext::MessageExt;
use rocketmq_model::common::message::message_single::Message;

pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PATIENCE: Duration = Duration::from_secs(60);
pub const TIMEOUT_MS: u64 = 15_000;

/// A topic and a group for one scenario, both of that name, and what it has to tell: each once, for
/// this client sends back now and then what its listener was not shown yet.
pub struct Stage {
    pub namesrv: String,
    pub name: String,
    pub runtime: Arc<ClientRuntime>,
    pub told: Arc<Mutex<BTreeSet<String>>>,
}

impl Stage {
    pub fn new(namesrv: String, name: String, runtime: Arc<ClientRuntime>) -> Self {
        Stage { namesrv, name, runtime, told: Arc::default() }
    }

    pub fn message(&self, body: &str, tag: &str) -> Message {
        Message::builder()
            .topic(self.name.as_str())
            .tags(tag)
            .key(format!("key-{body}"))
            .body_slice(body.as_bytes())
            .build_unchecked()
    }

    pub async fn producer(&self) -> Outcome<DefaultMQProducer> {
        let mut producer = DefaultMQProducer::builder(self.runtime.clone())
            .producer_group(format!("{}-p", self.name))
            .name_server_addr(self.namesrv.clone())
            .build();
        producer.start().await?;
        Ok(producer)
    }

    pub async fn consumer(&self, expression: &str) -> Outcome<DefaultMQPushConsumer> {
        let mut consumer = DefaultMQPushConsumer::builder(self.runtime.clone())
            .consumer_group(self.name.clone())
            .name_server_addr(self.namesrv.clone())
            .consume_message_batch_max_size(1)
            .build();
        consumer.set_consume_from_where(ConsumeFromWhere::ConsumeFromFirstOffset);
        consumer.subscribe(self.name.as_str(), expression).await?;
        Ok(consumer)
    }

    /// A consumer that tells what it is shown.
    pub async fn consume(&self, expression: &str) -> Outcome<DefaultMQPushConsumer> {
        let mut consumer = self.consumer(expression).await?;
        let told = self.told.clone();
        consumer.register_message_listener_concurrently(
            move |messages: &[&MessageExt], _: &ConsumeConcurrentlyContext| {
                let lines = messages.iter().map(|each| describe(each));
                told.lock().unwrap().extend(lines);
                Ok(ConsumeConcurrentlyStatus::ConsumeSuccess)
            },
        );
        consumer.start().await?;
        Ok(consumer)
    }

    /// Returns when that many lines were told.
    pub async fn expect(&self, count: usize) -> Outcome<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let told = self.told.lock().unwrap().len();
            if told >= count {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("{told} of {count} within {PATIENCE:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn print(&self) {
        for line in self.told.lock().unwrap().iter() {
            println!("{}: {line}", self.name.trim_start_matches("rust-"));
        }
    }
}

pub fn body_of(message: &MessageExt) -> String {
    String::from_utf8_lossy(&message.body().unwrap_or_default()).into_owned()
}

/// What a consumer sees of a message that another broker shows as well.
pub fn describe(message: &MessageExt) -> String {
    let tag = message.get_tags().unwrap_or_default();
    format!("{} tag={tag}", body_of(message))
}
