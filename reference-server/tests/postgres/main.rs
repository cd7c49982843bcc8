//! State in PostgreSQL: shared by processes, kept by what kills them. `TOKENSPEC_POSTGRES` names the
//! database as `host=FOLDER user=NAME dbname=NAME`, by the folder of its socket; `.ci/run postgres` makes one.

#[cfg(test)]
mod process;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod requests;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokenspec_reference_server::{Config, Options, serve};

    use crate::process::{DATABASE, Folder, Process};
    use crate::proxy::Proxy;
    use crate::requests::{
        Answer, Asked, Polled, ask, introspection, redemption, refresh, revocation,
    };

    /// How often two processes race for one code.
    const ROUNDS: usize = 1000;

    /// How often they race for what is polled for.
    const POLLED_ROUNDS: usize = 200;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_two_processes_that_race_for_one_code_one_wins() {
        let folder = Folder::new();
        let (one, other) = (Process::start(&folder), Process::start(&folder));
        for round in 0..ROUNDS {
            let code = one.code().await;
            let (first, second) = tokio::join!(
                ask(one.address, redemption(&code)),
                ask(other.address, redemption(&code))
            );
            let mut statuses = [first.status, second.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 400], "round {round}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_two_processes_that_race_for_what_was_approved_one_wins() {
        let folder = Folder::new();
        let (one, other) = (Process::start(&folder), Process::start(&folder));
        for polled in [Polled::Device, Polled::Backchannel] {
            for round in 0..POLLED_ROUNDS {
                let poll = polled.approved(one.address).await;
                let (first, second) = tokio::join!(
                    ask(one.address, poll.clone()),
                    ask(other.address, poll.clone())
                );
                let mut statuses = [first.status, second.status];
                statuses.sort_unstable();
                assert_eq!(statuses, [200, 400], "{polled:?}, round {round}");
                let again = ask(other.address, poll).await;
                assert_eq!(again.json["error"], "invalid_grant", "{polled:?}");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_killed_process_used_up_stays_used_up() {
        let folder = Folder::new();
        let lasting = Process::start(&folder);
        let (mut by_killed, mut by_lasting) = (0, 0);
        for round in 0..20 {
            let mut killed = Process::start(&folder);
            let all = Arc::new(Asked::prepare(&folder, &lasting, 8).await);
            let first = all.ask_and_kill(&mut killed, round).await;
            for (index, before) in first.iter().enumerate() {
                let after = all.ask(lasting.address, index).await;
                let kind = all.kind(index);
                let successes = usize::from(before.is_success()) + usize::from(after.is_success());
                assert!(successes <= 1, "round {round}: {kind} was good twice");
                assert!(
                    after.is_success() || after.is_refusal(),
                    "{kind}: {after:?}"
                );
                by_killed += usize::from(before.is_success());
                by_lasting += usize::from(after.is_success());
            }
        }
        // Neither all before the end nor all after it: there was something to be seen.
        assert!(
            by_killed > 20 && by_lasting > 20,
            "{by_killed}, {by_lasting}"
        );
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn state_outlives_the_process() {
        let folder = Folder::new();
        let (mut first, second) = (Process::start(&folder), Process::start(&folder));
        let granted = ask(first.address, redemption(&first.code().await)).await;
        first.kill();
        let token = granted.text("access_token");
        let seen = ask(second.address, introspection(&token)).await;
        assert_eq!(seen.json["active"], true);
        let refreshed = ask(second.address, refresh(&granted.text("refresh_token"))).await;
        assert_eq!(refreshed.status, 200, "{refreshed:?}");
        // The rotated token comes again: its family ends, the first token with it.
        let again = ask(second.address, refresh(&granted.text("refresh_token"))).await;
        assert_eq!(again.json["error"], "invalid_grant");
        let seen = ask(second.address, introspection(&token)).await;
        assert_eq!(seen.json["active"], false);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn store_that_goes_away_is_503_and_loses_nothing() {
        let folder = Folder::new();
        let proxy = Proxy::start().await;
        let mut config = folder.config();
        config.store.postgres_env = None;
        config.store.postgres = Some(proxy.database());
        let running = serve(config, Options::default()).await.unwrap();
        let code = crate::requests::code(running.address).await;
        proxy.cut();
        for _ in 0..3 {
            let away = ask(running.address, redemption(&code)).await;
            assert_eq!(away.status, 503, "{away:?}");
            assert_eq!(away.json["error"], "temporarily_unavailable");
            assert!(away.head.contains("\r\nRetry-After: "), "{}", away.head);
        }
        proxy.mend();
        let back = ask(running.address, redemption(&code)).await;
        assert_eq!(back.status, 200, "{back:?}");
        let again = ask(running.address, redemption(&code)).await;
        assert_eq!(again.json["error"], "invalid_grant");
        running.shutdown().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn both_stores_answer_the_same() {
        let folder = Folder::new();
        let mut config = folder.config();
        config.limits.failures = 3;
        let in_database = serve(config.clone(), Options::default()).await.unwrap();
        config.store.postgres_env = None;
        let in_memory = serve(config, Options::default()).await.unwrap();
        let conversations = [in_database.address, in_memory.address].map(conversation);
        let [one, other] = conversations;
        assert_eq!(one.await, other.await);
    }

    /// Status and error of requests that build on each other.
    async fn conversation(address: std::net::SocketAddr) -> Vec<(u16, serde_json::Value)> {
        let mut answers: Vec<Answer> = Vec::new();
        let code = crate::requests::code(address).await;
        let granted = ask(address, redemption(&code)).await;
        let (access, first) = (granted.text("access_token"), granted.text("refresh_token"));
        let refreshed = ask(address, refresh(&first)).await;
        let second = refreshed.text("refresh_token");
        answers.extend([granted, refreshed]);
        for request in [
            introspection(&access),
            redemption("unknown"),
            redemption("with%00nul"),
            redemption(&"long".repeat(2000)),
            refresh(&first),
            refresh(&second),
            introspection(&access),
            introspection("unknown"),
        ] {
            answers.push(ask(address, request).await);
        }
        let other = ask(address, redemption(&crate::requests::code(address).await)).await;
        for request in [
            revocation(&other.text("access_token")),
            introspection(&other.text("access_token")),
            refresh(&other.text("refresh_token")),
            redemption(&code),
        ] {
            answers.push(ask(address, request).await);
        }
        for _ in 0..6 {
            answers.push(ask(address, crate::requests::wrong_secret()).await);
        }
        let member = |answer: &Answer| {
            let error = answer.json.get("error").or(answer.json.get("active"));
            (answer.status, error.cloned().unwrap_or_default())
        };
        answers.iter().map(member).collect()
    }

    #[tokio::test]
    async fn database_that_is_not_there_is_a_clear_error() {
        let text = "name: x\nstore: {postgres: host=/nowhere user=nobody}\nclients: {}\n";
        let config = Config::parse(text, "x").unwrap();
        let error = serve(config, Options::default()).await.unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with("the store can't be reached: "), "{error}");
        assert!(
            error.ends_with("is `store.postgres` its address, and does it run?"),
            "{error}"
        );
        assert!(
            std::env::var(DATABASE).is_ok(),
            "{DATABASE} names the database"
        );
    }
}
