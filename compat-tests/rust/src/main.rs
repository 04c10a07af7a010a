//! Scenarios for the Rust client, all at the same time: rust/run NAMESRV. As go/main.go: what each of
//! them got is printed, a line each, without what differs from run to run, sorted where nobody
//! promised an order. The topics are there already. Exit code 1 when something is missing.
#![recursion_limit = "256"] // the client's futures are deep

mod scenarios;
mod stage;

use std::process::ExitCode;
use std::time::Duration;

use rocketmq_client_rust::ClientRuntime;
use rocketmq_client_rust::ClientRuntimeConfig;
use rocketmq_observability::TelemetryBootstrapConfig;
use rocketmq_runtime::RuntimeConfig;
use rocketmq_runtime::RuntimeOwner;

use stage::Outcome;
use stage::Stage;

/// What should not come gets this long after everything that should.
const SETTLE: Duration = Duration::from_secs(1);

async fn run(namesrv: String) -> Outcome<bool> {
    let owner = RuntimeOwner::plan(RuntimeConfig::default())?.build()?;
    let telemetry = rocketmq_observability::install_global(&TelemetryBootstrapConfig::default())?;
    let runtime = ClientRuntime::try_new(
        owner.root_context().component("client"),
        ClientRuntimeConfig::default(),
        telemetry.handle(),
    )?;
    let stage = |name: &str| Stage::new(namesrv.clone(), format!("rust-{name}"), runtime.clone());
    let stages = ["plain", "ordered", "delayed", "tags", "transactions"].map(stage);
    let [plain, ordered, delayed, tags, transactions] = &stages;
    let outcomes = tokio::join!(
        scenarios::plain(plain),
        scenarios::ordered(ordered),
        scenarios::delayed(delayed),
        scenarios::tags(tags),
        scenarios::transactions(transactions),
    );
    tokio::time::sleep(SETTLE).await;
    let mut is_complete = true;
    let outcomes = [outcomes.0, outcomes.1, outcomes.2, outcomes.3, outcomes.4];
    for (stage, outcome) in stages.iter().zip(outcomes) {
        stage.print();
        if let Err(failure) = outcome {
            eprintln!("{}: {failure}", stage.name);
            is_complete = false;
        }
    }
    Ok(is_complete)
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(namesrv) = std::env::args().nth(1) else {
        eprintln!("usage: run NAMESRV");
        return ExitCode::from(2);
    };
    match run(namesrv).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
