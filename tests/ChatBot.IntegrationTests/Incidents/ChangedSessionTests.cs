using System.Globalization;
using Npgsql;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Between the plan and its approval the world goes on; only what is still what people saw is ended.</summary>
public sealed class ChangedSessionTests
{
    private const string LastPid = "/proc/sys/kernel/ns_last_pid";

    [Fact]
    public async Task Sessions_that_did_anything_meanwhile_are_left_alone()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        var bystanders = await practice.AddBystandersAsync();
        var sessions = await practice.LeakAsync(8);
        var (active, worked, gone, opened) = (sessions[0], sessions[1], sessions[2], sessions[3]);
        var untouched = sessions.Skip(4).Select(session => session.ProcessID).ToArray();
        var plan = await practice.OpenAndAskAsync();
        Assert.Equal(sessions.Select(session => session.ProcessID).Order(), Practice.SessionsOf(plan).Keys.Order());

        // One is in the middle of a query, which waits for another session's lock.
        await Practice.RunAsync(bystanders[0], "select pg_advisory_lock(1)");
        var query = Practice.RunAsync(active, "select pg_advisory_lock(1)");
        await practice.UntilAsync(() => practice.Server.ScalarAsync<bool>(
            $"select state = 'active' from pg_stat_activity where pid = {active.ProcessID}"));
        await Practice.RunAsync(worked, "select 1");
        var goneId = gone.ProcessID;
        await gone.CloseAsync();
        await practice.UntilAsync(() => practice.Server.ScalarAsync<bool>(
            $"select not exists (select from pg_stat_activity where pid = {goneId})"));
        await Practice.RunAsync(opened, "begin");

        var became = Practice.SessionsOf(await practice.CarryOutAsync(plan));
        Assert.Equal("changed, left alone", became[active.ProcessID]);
        Assert.Equal("changed, left alone", became[worked.ProcessID]);
        Assert.Equal("already gone", became[goneId]);
        Assert.Equal("changed, left alone", became[opened.ProcessID]);
        Assert.All(untouched, pid => Assert.Equal("ended", became[pid]));
        await practice.AssertEndedAsync(untouched);

        await Practice.RunAsync(bystanders[0], "select pg_advisory_unlock(1)");
        await query; // it was never interrupted
        await Practice.AssertAnswersAsync([active, worked, opened, .. bystanders]);
        await practice.CardAsync(message => message.Says("4 ended; 1 already gone; 3 changed, left alone."));
    }

    [Fact]
    public async Task Another_session_with_the_same_process_id_is_left_alone()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Choosing the next process id takes root.");
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        var sessions = await practice.LeakAsync(4);
        var planned = sessions.Select(session => session.ProcessID).ToArray();
        var plan = await practice.OpenAndAskAsync();

        await sessions[0].CloseAsync();
        var replacement = await ReplaceAsync(practice, planned[0]);

        var finished = await practice.CarryOutAsync(plan);
        var became = Practice.SessionsOf(finished);
        Assert.Equal("already gone", became[planned[0]]);
        Assert.All(planned[1..], pid => Assert.Equal("ended", became[pid]));
        await practice.AssertEndedAsync(planned[1..]);
        await Practice.AssertAnswersAsync([replacement]);
    }

    [Fact]
    public async Task After_a_restart_of_the_server_nothing_is_ended()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(4);
        await practice.OpenAndAskAsync();

        await practice.Server.StopAsync("immediate", practice.Token);
        await practice.Server.StartAgainAsync(practice.Token);
        var later = await practice.LeakAsync(4);

        await practice.PlanAsync(message => message.Says("Withdrawn: another server answers by now") && message.Button("Approve") is null);
        await practice.AssertEndedAsync([]);
        await Practice.AssertAnswersAsync(later);
        await practice.AssertCardIsTrueAsync();
    }

    /// <summary>Logs in until the server's new process has this id. The kernel gives out the next free id after the last one.</summary>
    private static async Task<NpgsqlConnection> ReplaceAsync(Practice practice, int processId)
    {
        while (true)
        {
            practice.Token.ThrowIfCancellationRequested();
            await File.WriteAllTextAsync(LastPid, (processId - 1).ToString(CultureInfo.InvariantCulture), practice.Token);
            var session = (await practice.LeakAsync(1))[0];
            if (session.ProcessID == processId)
            {
                return session;
            }

            await session.CloseAsync();
        }
    }
}
