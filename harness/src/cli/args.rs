//! The command line (design §5).

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Checks OAuth 2.0 token endpoints, rule by rule, with proof that can be replayed.
#[derive(Debug, Parser)]
#[command(name = "tokenspec", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that wants them.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The words that cases need: what grants each, and which a target has.
    Capabilities(CapabilitiesArgs),
    /// Validates target, suite and baseline files.
    Check(CheckArgs),
    /// Prints a completion script for a shell.
    Completions(CompletionsArgs),
    /// Tries each client, grant and endpoint of a target once: what works, and what to change.
    Doctor(DoctorArgs),
    /// Explains a rule: its source, what is sent, what conforms, how to fix a server.
    Explain(ExplainArgs),
    /// Sends mutated requests whose effect is known, shrinks what deviates, and saves it as suites.
    Fuzz(FuzzArgs),
    /// Lists rules and cases.
    List(ListArgs),
    /// Tries each seeded defect of the reference server: do its rules notice it?
    Mutants(MutantsArgs),
    /// Runs suites against a target.
    Run(RunArgs),
    /// Prints the JSON Schema of a kind of file.
    Schema(SchemaArgs),
    /// Runs the suites against servers that are no token endpoints: nothing may pass as a refusal.
    Selftest,
    /// Serves the reference server.
    Serve(ServeArgs),
}

/// `tokenspec capabilities`.
#[derive(Debug, Args)]
pub struct CapabilitiesArgs {
    /// A target file: shows which of the words it has.
    pub target: Option<PathBuf>,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

/// `tokenspec check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Target, suite and baseline files, told apart by their keys; a folder is a suite.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `tokenspec completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `tokenspec doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// A target file, or the URL of a token endpoint.
    pub target: String,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// The time for one exchange, as 10s.
    #[arg(long, value_name = "D", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Shows every exchange; repeatable.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// `tokenspec explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The id of a rule, as rfc6749-code-single-use.
    pub rule: String,
    /// A folder or file of your own that holds the rule. Repeatable.
    #[arg(long, value_name = "PATH")]
    pub suite: Vec<String>,
}

/// `tokenspec fuzz`.
#[derive(Clone, Debug, Args)]
pub struct FuzzArgs {
    /// A target file; nothing: the embedded reference server.
    pub target: Option<String>,
    /// Profiles; of the embedded server, which configurations.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub profile: Vec<String>,
    /// How long, as 10m; without --time and --requests: 30 s.
    #[arg(long, value_name = "D", value_parser = duration)]
    pub time: Option<Duration>,
    /// How many requests.
    #[arg(long, value_name = "N")]
    pub requests: Option<u64>,
    /// The seed of everything random: with the same one the same requests are drawn.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Where findings are saved: a suite, and in its folder `corpus` what was drawn.
    #[arg(long, value_name = "DIR")]
    pub save: Option<PathBuf>,
    /// Where findings are saved as entries of the corpus of the endpoint target (fuzz/corpus/endpoint), those that its lines can say.
    #[arg(long, value_name = "DIR")]
    pub lines: Option<PathBuf>,
    /// Sequences that are sent first: what --save left in its folder `corpus`, or the corpus of the endpoint target. Repeatable.
    #[arg(long, value_name = "DIR")]
    pub corpus: Vec<PathBuf>,
    /// Compares the class of each answer with that of the embedded reference server.
    #[arg(long, value_enum)]
    pub against: Option<Against>,
    /// Mutations by name, with * and ?; `walk` are sequences. Repeatable.
    #[arg(long, value_name = "GLOB")]
    pub operator: Vec<String>,
    /// Writes a report: FORMAT=PATH, `-` is stdout; json or junit. Repeatable.
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub reports: Vec<String>,
    /// Sequences under way at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: Option<u32>,
    /// The time for one exchange, as 10s.
    #[arg(long, value_name = "D", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Fuzzes the embedded server with each of its seeded defects, by name, with * and ?, up to --requests each (5000 if not said), and prints a table of what is found.
    #[arg(long, value_name = "GLOB", conflicts_with_all = ["target", "against", "save", "reports"])]
    pub defects: Option<String>,
}

/// What answers are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Against {
    /// The embedded reference server.
    Reference,
}

/// `tokenspec list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Which rules, and at what level; without --profile: all of them.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Shows the cases, what they need and what grants it, and the defects that prove the rule.
    #[arg(long)]
    pub coverage: bool,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
}

/// `tokenspec schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The kind of file.
    #[arg(value_enum)]
    pub kind: SchemaKind,
}

/// Kinds of files that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// Known deviations.
    Baseline,
    /// What `run --report json=PATH` writes.
    Report,
    /// A rule or a profile.
    Suite,
    /// A server under test.
    Target,
}

/// `tokenspec serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// A configuration file, or the name of a built-in configuration.
    #[arg(long, value_name = "FILE|NAME", default_value = super::engine::DEFAULT_PROFILE)]
    pub config: String,
    /// Commits a seeded defect. Repeatable.
    #[arg(long, value_name = "ID")]
    pub defect: Vec<String>,
    /// Lists the seeded defects, each with the rules that find it, and ends.
    #[arg(long)]
    pub list_defects: bool,
    /// Where to listen; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Speaks HTTPS, with a certificate that is made at start.
    #[arg(long)]
    pub tls: bool,
    /// How the log of its requests is written, to stderr. The variable TOKENSPEC_LOG says how much: info, or a filter of the crate tracing-subscriber.
    #[arg(long, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log: LogFormat,
    /// Where a POST of /clock?seconds=N moves the clock; loopback only.
    #[arg(long, value_name = "ADDR")]
    pub clock_listen: Option<SocketAddr>,
    /// Where the harness is going to listen: clients whose keys are at `{callback_host}` have them there.
    #[arg(long, value_name = "ADDR")]
    pub callback_host: Option<SocketAddr>,
    /// Writes a target file for this server, and beside it the files that it names.
    #[arg(long, value_name = "FILE")]
    pub write_target: Option<PathBuf>,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Not at all.
    Off,
    /// For people.
    Text,
}

/// `tokenspec run`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of a command line are on or off"
)]
pub struct RunArgs {
    /// A target file, or the URL of a token endpoint; nothing: the embedded reference server.
    pub target: Option<String>,
    /// Which rules, and at what level.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Writes a report: FORMAT=PATH, `-` is stdout; json or junit. Repeatable.
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub reports: Vec<String>,
    /// A file of known deviations.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Brings the baseline file up to date: stale entries go, new ones come with `reason: TODO`.
    #[arg(long, requires = "baseline")]
    pub update_baseline: bool,
    /// Variants under way at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: Option<u32>,
    /// The most requests a second, as 20/s.
    #[arg(long, value_name = "N/s")]
    pub rate: Option<String>,
    /// The time for one exchange, as 10s.
    #[arg(long, value_name = "D", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Runs one part of the plan: I of N.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Which verdicts make the exit code 1.
    #[arg(long, value_enum, default_value_t = FailOnArg::Must)]
    pub fail_on: FailOnArg,
    /// `inconclusive` and `error` do not make the exit code 3.
    #[arg(long)]
    pub allow_inconclusive: bool,
    /// Prints the plan and sends nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The seed of everything random.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Leaves the tokens that the run obtained, and the clients that it registered.
    #[arg(long)]
    pub keep: bool,
    /// Says more on stderr; repeatable.
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// `tokenspec mutants`.
#[derive(Debug, Args)]
pub struct MutantsArgs {
    /// Defects by name, with * and ?. Repeatable.
    #[arg(long, value_name = "ID|GLOB")]
    pub defect: Vec<String>,
    /// Defects that name a rule of this id, with * and ?. Repeatable.
    #[arg(long, value_name = "GLOB")]
    pub rule: Vec<String>,
    /// Runs all rules of the profiles, and writes reports/golden/kill-matrix.md.
    #[arg(long)]
    pub full: bool,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub format: OutputFormat,
    /// Defects that are tried at once.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// A time that an exchange can take.
fn duration(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or("this is no duration: write it like 10s or 500ms")
}

/// Forms of what commands print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For machines.
    Json,
    /// For people.
    #[default]
    Text,
}

/// Flags that select rules.
#[derive(Clone, Debug, Default, Args)]
pub struct SelectArgs {
    /// Profiles, separated by commas.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub profile: Vec<String>,
    /// A built-in suite by name, or a folder or file of your own. Repeatable.
    #[arg(long, value_name = "PATH|NAME")]
    pub suite: Vec<String>,
    /// Rules by id, with * and ?. Repeatable.
    #[arg(long, value_name = "GLOB")]
    pub rule: Vec<String>,
    /// The lowest level: `should` means must, vendor and should. Repeatable.
    #[arg(long, value_enum)]
    pub level: Vec<LevelArg>,
}

/// Levels of `--level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LevelArg {
    /// must
    Must,
    /// must, vendor and should
    Should,
    /// all
    May,
}

/// Choices of `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// Any fail.
    Must,
    /// Any fail or warn.
    Should,
    /// No verdict.
    Never,
}
