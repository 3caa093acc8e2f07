using System.CommandLine;
using ChatBot.Benchmarks;

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
return await root.Parse(args).InvokeAsync();
