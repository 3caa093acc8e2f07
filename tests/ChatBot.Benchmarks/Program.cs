using System.CommandLine;
using ChatBot.Benchmarks;
using ChatBot.Benchmarks.Logs;
using ChatBot.Benchmarks.Targets;

var rounds = new Option<int>("--rounds") { Description = "How often everything is measured; the table shows medians.", DefaultValueFactory = _ => 3 };
var seconds = new Option<int>("--seconds") { Description = "How long each round of acknowledgements lasts.", DefaultValueFactory = _ => 10 };
var rate = new Option<int>("--rate") { Description = "Interactions a second.", DefaultValueFactory = _ => 200 };
var root = new RootCommand("How fast the bot is on this machine, beside a client of the same wire that stores nothing.") { rounds, seconds, rate };
root.SetAction((parsed, cancellationToken) => Figures.PrintAsync(
    parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rate), cancellationToken));

var api = new Argument<string>("api");
var echo = new Command("echo", "The client to compare with: acknowledges and does nothing else.") { api };
echo.SetAction((parsed, cancellationToken) => Echo.RunAsync(new Uri(parsed.GetRequiredValue(api)), cancellationToken));
root.Subcommands.Add(echo);

var engines = new Option<string[]>("--engine") { Description = "Which servers, in turn.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => TargetFigures.Engines };
engines.AcceptOnlyFromAmong(TargetFigures.Engines);
var sessions = new Option<int>("--sessions") { Description = "Sessions to open, or as many as the machine can.", DefaultValueFactory = _ => 5_000 };
var waiters = new Option<int>("--waiters") { Description = "How many of them wait for one lock; as many idle in a transaction.", DefaultValueFactory = _ => 200 };
var looks = new Option<int>("--rounds") { Description = "How often each question is asked.", DefaultValueFactory = _ => 50 };
var targets = new Command("targets", "What the bot's questions cost a server with many sessions, beside one with few.") { engines, sessions, waiters, looks };
targets.SetAction((parsed, cancellationToken) => TargetFigures.PrintAsync(
    parsed.GetRequiredValue(engines), parsed.GetValue(sessions), parsed.GetValue(waiters), parsed.GetValue(looks), cancellationToken));
root.Subcommands.Add(targets);

var pods = new Option<int>("--pods") { Description = "How many pods write.", DefaultValueFactory = _ => 200 };
var megabytes = new Option<int>("--megabytes") { Description = "Of all their logs together.", DefaultValueFactory = _ => 1_000 };
var readings = new Option<int>("--rounds") { Description = "How often each of the two reads them, in turn.", DefaultValueFactory = _ => 3 };
var logs = new Command("logs", "The bot reading the logs of many pods, beside kubectl logs | grep on the same server.") { pods, megabytes, readings };
logs.SetAction((parsed, cancellationToken) => LogFigures.PrintAsync(parsed.GetValue(pods), parsed.GetValue(megabytes), parsed.GetValue(readings), cancellationToken));
root.Subcommands.Add(logs);

var kubeconfig = new Argument<string>("kubeconfig");
var read = new Command("logs-read", "The bot's part of it, in a process of its own.") { kubeconfig };
read.SetAction((parsed, cancellationToken) => LogFigures.ReadAsync(parsed.GetRequiredValue(kubeconfig), cancellationToken));
root.Subcommands.Add(read);
return await root.Parse(args).InvokeAsync();
