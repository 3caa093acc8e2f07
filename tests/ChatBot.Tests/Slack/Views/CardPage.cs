using System.Text;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;

namespace ChatBot.Tests.Slack.Views;

/// <summary>The words of the page that the incidents of the core's tests follow.</summary>
internal static class CardPage
{
    public static readonly StepTypes Types = new(
    [
        StepType.ConnectionUsage,
        StepType.ConnectionConsumers,
        new StepType("terminate-idle", StepWork.Changes, "ends idle sessions") { Mitigation = EndIdleSessions.StoredName },
        new StepType("advise-something", StepWork.Advises, "advises"),
        new StepType("leak-logs", StepWork.Reads, "reads logs"),
    ]);

    /// <summary>Of <see cref="ThePages.Standard"/>, and one that <see cref="ThePages.WithTwoChanges"/> has besides.</summary>
    public static readonly Runbook Standard = Read(
        """
        # Database Connection Pool Exhaustion

        ## Diagnosis

        1. Count the connections in use: <!-- step: connection-usage -->

           ```bash
           psql -h <host> -p <port> -U <user> -d <database> -c "SELECT count(*) FROM pg_stat_activity;"
           ```

        2. Find out which services hold them: <!-- step: connection-consumers -->

           ```bash
           psql -h <host> -U <user> -d <database> -c "SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1;"
           ```

        3. Look for signs of a leak in the logs of the services that hold most:

           ```bash
           kubectl logs -l app=<service-name> -n <namespace> --since=1h | grep -iE "connection|pool"
           ```

           Many errors at one moment are no leak, a slow rise is.

        4. See since when the connections rise

        ## Mitigation

        1. Immediate actions:
           - Restart the services that leak connections:

             ```bash
             kubectl rollout restart deployment/<service-name> -n <namespace>
             mysql -h <host> -u <user> -p<password>
             ```

           - End connections that have been idle for long: <!-- step: terminate-idle -->

             ```bash
             psql -h <host> -U <user> -d <database> -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle';"
             ```

           - End the idle connections of the reports <!-- step: terminate-idle -->

        2. Short-term fixes:
           - Give a service a larger pool for the time being
           - Turn on pooling where it is off <!-- step: advise-something -->

        3. Long-term solutions:
           - Send reads to replicas <!-- step: advise-something -->
           - Give every connection back after use, also when something fails
           - Watch the connections, and raise an alert before the last one is taken
        """);

    public static Runbook Read(string page)
    {
        var reading = RunbookPage.Read(Encoding.UTF8.GetBytes(page), Types);
        Assert.Empty(reading.Mistakes);
        return reading.Runbook!;
    }
}
