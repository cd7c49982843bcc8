//! Serves a configuration until it is interrupted; its token endpoint is the first line it prints.
//!
//! `cargo run --example serve -- [--config NAME|FILE] [--listen ADDR] [--tls] [--clock] [--defect ID]
//! [--write-target FILE] [--list-defects]`

use std::error::Error;
use std::path::Path;

use tokenspec_reference_server::{Config, Options, defects, serve, write_target};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut config = "oauth2.0".to_owned();
    let mut target = None;
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--config" => config = value()?,
            "--listen" => options.listen = value()?.parse()?,
            "--tls" => options = options.with_tls(),
            "--clock" => options = options.with_clock(),
            "--write-target" => target = Some(value()?),
            "--defect" => {
                let id = value()?;
                let defect = defects::find(&id).ok_or(format!("no defect is called {id}"))?;
                options = options.defect(defect);
            }
            "--list-defects" => {
                print_line(
                    &defects::all()
                        .map(|defect| defect.id)
                        .collect::<Vec<_>>()
                        .join("\n"),
                );
                return Ok(());
            }
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let config = if Path::new(&config).is_file() {
        Config::load(Path::new(&config))?
    } else {
        Config::embedded(&config)?
    };
    let running = serve(config, options).await?;
    print_line(&running.token_endpoint);
    if let Some(target) = target {
        write_target(&running, Path::new(&target))?;
    }
    tokio::signal::ctrl_c().await?;
    running.shutdown().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the example is for")]
fn print_line(text: &str) {
    println!("{text}");
}
