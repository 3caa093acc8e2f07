using System.CommandLine;
using ChatBot.Sandbox.Scenarios;
using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Terminal;
using Spectre.Console;

namespace ChatBot.Sandbox;

/// <summary>The command line.</summary>
internal static class SandboxCommand
{
    public static RootCommand Create(CancellationToken ending)
    {
        var auto = new Option<bool>("--auto") { Description = "Play all people and end with a verdict: exit code 0 if the incident ended well." };
        var name = new Option<string>("--scenario")
        {
            Description = "The story to live through.",
            DefaultValueFactory = _ => Scenario.All[0].Name,
            HelpName = "NAME",
        };
        name.AcceptOnlyFromAmong([.. Scenario.All.Select(scenario => scenario.Name)]);
        var list = new Option<bool>("--list") { Description = "List the stories and end." };
        var slots = new Option<int>("--slots")
        {
            Description = "All connection slots of the database server, 30 to 200; 3 of them are reserved.",
            DefaultValueFactory = _ => 100,
            HelpName = "N",
        };
        slots.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var number) || number is < 30 or > 200))
            {
                result.AddError($"--slots {token.Value}: expected a number from 30 to 200.");
            }
        });
        var seed = new Option<int>("--seed")
        {
            Description = "The rhythm of the services; the same seed plays the same incident.",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        var root = new RootCommand("A practice incident on this machine: a real PostgreSQL that runs full, a Slack workspace in the terminal, and the bot between them.")
        {
            auto, name, list, slots, seed,
        };
        root.SetAction(async parsed =>
        {
            if (parsed.GetValue(list))
            {
                List();
                return 0;
            }

            var scenario = Scenario.All.Single(scenario => scenario.Name == parsed.GetValue(name));
            var options = new WorldOptions(parsed.GetValue(slots), parsed.GetValue(seed));
            return await PracticeSession.RunAsync(scenario, options, parsed.GetValue(auto), ending);
        });

        var simulator = new Command("slack-simulator", "Only the Slack workspace, for other programs: prints its addresses as one line of JSON.");
        simulator.SetAction(_ => SimulatorHost.RunAsync(port: 0, ending));
        root.Subcommands.Add(simulator);
        return root;
    }

    private static void List()
    {
        var screen = new Screen(AnsiConsole.Console);
        foreach (var scenario in Scenario.All)
        {
            screen.Write("", $"*{scenario.Name}*");
            screen.Write("  ", scenario.Story);
            screen.Write("  ", $"Ends well: {scenario.Ending}");
        }
    }
}
