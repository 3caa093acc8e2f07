using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Scenarios;
using ChatBot.Sandbox.Terminal;
using Spectre.Console;

namespace ChatBot.Sandbox;

/// <summary>One run of the practice workspace, from the first server to the last clean-up.</summary>
internal static class PracticeSession
{
    public static async Task<int> RunAsync(Scenario scenario, WorldOptions options, bool auto, CancellationToken ending)
    {
        var screen = new Screen(AnsiConsole.Console);
        try
        {
            await using var world = await PracticeWorld.StartAsync(options, scenario, ending);
            Introduce(world, scenario, options, screen);
            return auto
                ? await AutoPlay.RunAsync(world, scenario, screen, ending)
                : await Prompt.RunAsync(world, scenario, screen, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return Ending.ExitCode;
        }
        catch (InvalidOperationException notStarted)
        {
            screen.Write("", notStarted.Message, "red");
            return 1;
        }
    }

    private static void Introduce(PracticeWorld world, Scenario scenario, WorldOptions options, Screen screen)
    {
        screen.Blank();
        screen.Write("", $"*{scenario.Name}.* {scenario.Story}");
        var server = world.Situation switch
        {
            { MySql: { } mySql } => $"a real {(mySql is MariaDbServer ? "MariaDB" : "MySQL")} on port {mySql.Port}: {world.Situation.Slots} slots for everybody",
            { Pooler: { } pooler } => $"a real PostgreSQL on port {world.Server.Port} with {world.Situation.Slots} slots for everybody, and a PgBouncer in front of it on port {pooler.Port}",
            { } => $"a real PostgreSQL on port {world.Server.Port}: {world.Situation.Slots} slots for everybody",
            null => $"a real PostgreSQL on port {world.Server.Port}: {options.Slots} slots, {PracticeWorld.Reserved} reserved, {options.Ordinary} for everybody",
        };
        screen.Write("", $"*orders-db* is {server}. In #{PracticeWorld.Channel}: ana responds; boris and carl may approve.");
        screen.Write("", $"{PracticeWorld.Shortened} Times are UTC.", "grey");
        screen.Blank();
    }
}
