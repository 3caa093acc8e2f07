using System.Text;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>Database Connection Pool Exhaustion: as shipped, and as a team wrote it that knows no bindings.</summary>
public class FirstPageTests
{
    private static readonly Runbook Shipped = RunbookPage.Read(Pages.Shipped, Pages.Types).Runbook!;
    private static readonly Runbook Unbound = RunbookPage.Read(Pages.Unbound, Pages.Types).Runbook!;

    [Fact]
    public void The_unbound_page_has_every_step_and_every_one_is_by_hand()
    {
        Assert.Equal("Database Connection Pool Exhaustion", Unbound.Title);
        Assert.Equal("The database connection pool is nearing or has reached its maximum capacity, preventing new connections from being established.", Unbound.Meaning);
        Assert.Equal(
            """
            API services unable to connect to the database, resulting in errors
            Increased latency for database operations as connections are queued
            Potential application timeouts waiting for available connections
            Degraded user experience across multiple services
            """,
            Unbound.Impact);
        Assert.Equal(
            [
                "1 diagnosis-1 Diagnosis 13 Check current connection pool usage:",
                "2 diagnosis-2 Diagnosis 22 Identify which applications or services are consuming connections:",
                "3 diagnosis-3 Diagnosis 28 Check for connection leaks in application logs:",
                "4 diagnosis-4 Diagnosis 33 Monitor connection time metrics:",
                "1.1 mitigation-1-1 Immediate 40 Restart problematic services that may be leaking connections:",
                "1.2 mitigation-1-2 Immediate 45 Terminate idle connections if necessary:",
                "2.1 mitigation-2-1 ShortTerm 52 Increase connection pool size temporarily:",
                "2.2 mitigation-2-2 ShortTerm 58 Implement connection pooling at the application level if not already in place",
                "3.1.1 mitigation-3-1-1 LongTerm 62 Ensure connections are properly closed after use",
                "3.1.2 mitigation-3-1-2 LongTerm 63 Implement connection pooling best practices",
                "3.1.3 mitigation-3-1-3 LongTerm 64 Consider using a connection proxy (e.g., PgBouncer, ProxySQL)",
                "3.2 mitigation-3-2 LongTerm 66 Adjust connection pool sizes based on actual needs",
                "3.3 mitigation-3-3 LongTerm 68 Implement proper monitoring and alerting for connection pool metrics",
                "3.4 mitigation-3-4 LongTerm 70 Consider database read replicas to distribute query load",
            ],
            Unbound.Steps.Select(step => $"{step.Number} {step.Id} {step.Phase} {step.Line} {step.Title}"));
        Assert.All(Unbound.Steps, step => Assert.Null(step.Binding));
        Assert.All(Unbound.Steps, step => Assert.Equal("", step.Text));
        Assert.All(Unbound.Steps, step => Assert.Equal(step.Number.StartsWith("3.1.", StringComparison.Ordinal) ? "Review and optimize application connection management" : "", step.Under));
    }

    [Fact]
    public void The_unbound_page_has_every_command_block_at_its_step()
    {
        var commands = Unbound.Steps.SelectMany(step => step.Commands.Select(block => (step.Number, block))).ToList();

        Assert.Equal(["1", "2", "3", "4", "1.1", "1.2", "2.1"], commands.Select(command => command.Number));
        Assert.All(commands, command => Assert.Equal("bash", command.block.Language));
        Assert.Equal(
            [
                """
                # For PostgreSQL
                psql -h <host> -U <user> -d <database> -c "SELECT count(*) FROM pg_stat_activity;"

                # For MySQL
                mysql -h <host> -u <user> -p<password> -e "SHOW STATUS LIKE 'Threads_connected';"
                """,
                """
                # For PostgreSQL
                psql -h <host> -U <user> -d <database> -c "SELECT client_addr, usename, count(*) FROM pg_stat_activity GROUP BY client_addr, usename ORDER BY count(*) DESC;"
                """,
                """
                kubectl logs -l app=<service-name> -n <namespace> | grep -i "connection\|pool\|database"
                """,
                """
                # Check database connection metrics in monitoring dashboard
                """,
                """
                kubectl rollout restart deployment/<service-name> -n <namespace>
                """,
                """
                # For PostgreSQL
                psql -h <host> -U <user> -d <database> -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND state_change < NOW() - INTERVAL '30 minutes';"
                """,
                """
                # Update the configuration in your application deployment
                kubectl edit deployment/<service-name> -n <namespace>
                """,
            ],
            commands.Select(command => command.block.Text));
    }

    /// <summary>More steps come after those that were there: an incident that follows a page knows its steps by their places.</summary>
    [Fact]
    public void The_shipped_page_has_the_same_steps_and_commands_for_the_same_of_them()
    {
        string[] added = ["1.3", "1.4", "1.5", "1.6", "1.7", "1.8"];
        var same = Shipped.Steps.Where(step => !added.Contains(step.Number)).ToArray();

        Assert.Equal(Unbound.Title, Shipped.Title);
        Assert.Equal(Unbound.Steps.Select(step => (step.Id, step.Number, step.Phase)), same.Select(step => (step.Id, step.Number, step.Phase)));
        Assert.Equal(Unbound.Steps.Select(step => step.Commands.Length), same.Select(step => step.Commands.Length));
        Assert.Equal(added.Length, Shipped.Steps.Length - same.Length);
        Assert.Equal(Unbound.Impact.Split('\n').Length, Shipped.Impact.Split('\n').Length);
        Assert.NotEqual("", Shipped.Meaning);
    }

    /// <summary>Where the bot may not act, a person does it by the page: on either engine.</summary>
    /// <summary>Whatever the engine is.</summary>
    private static readonly string[] OfTheCluster = ["restart-service", "pause-rollout", "scale-down", "resize-pool"];

    [Fact]
    public void What_changes_a_service_can_be_done_by_hand_with_kubectl() => Assert.All(
        Shipped.Steps.Where(step => step.Binding is { } binding && OfTheCluster.Contains(binding.Type.Name)),
        step => Assert.Contains("kubectl ", Assert.Single(step.Commands).Text, StringComparison.Ordinal));

    [Fact]
    public void What_changes_the_target_can_be_done_by_hand_on_both_engines() => Assert.All(
        Shipped.Steps.Where(step => step.Binding?.Type is { Work: StepWork.Changes } type && !OfTheCluster.Contains(type.Name)),
        step =>
        {
            var command = Assert.Single(step.Commands).Text;
            Assert.Contains("\npsql -h <host>", command, StringComparison.Ordinal);
            Assert.Contains("\nmysql -h <host>", command, StringComparison.Ordinal);
        });

    [Fact]
    public void The_shipped_page_binds_what_the_bot_can_do() =>
        Assert.Equal(
            [
                "1 connection-usage ",
                "2 connection-consumers ",
                "3 leak-logs timeout=2m",
                "1.1 restart-service timeout=2m",
                "1.2 terminate-idle max=50",
                "1.3 end-transactions idle-for=5m max=5",
                "1.4 end-blocker ",
                "1.5 cancel-query max=5 running-for=30s",
                "1.6 limit-role percent=50",
                "1.7 pause-rollout ",
                "1.8 scale-down ",
                "2.1 resize-pool ",
                "2.2 advise-app-pooling ",
                "3.1.1 advise-practices ",
                "3.1.3 advise-pooler ",
                "3.2 advise-pool-size ",
                "3.4 advise-replicas ",
            ],
            Shipped.Steps.Where(step => step.Binding is not null)
                .Select(step => $"{step.Number} {step.Binding!.Type.Name} {string.Join(' ', step.Binding.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))}"));

    [Fact]
    public void The_example_of_the_format_is_a_page()
    {
        var readme = File.ReadAllText(Path.Combine(Pages.Root, "manifests", "runbooks", "README.md"));
        var example = readme.Split("```markdown\n")[1].Split("```\n")[0];

        Assert.Equal(["connection-usage", "terminate-idle"], Pages.Good(example).Steps.Select(step => step.Binding!.Type.Name));
    }

    [Fact]
    public void Both_pages_end_their_lines_as_Unix_does() => Assert.All([Pages.Shipped, Pages.Unbound], page => Assert.DoesNotContain("\r", Encoding.UTF8.GetString(page), StringComparison.Ordinal));
}
