using System.Globalization;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>Makes the operating system give a certain process id to the server's next session.</summary>
internal static class ReusedPid
{
    private const string LastPid = "/proc/sys/kernel/ns_last_pid";
    private const int Tries = 100;

    /// <returns>Null when this machine does not let a test choose, or others took the pid each time.</returns>
    public static async Task<NpgsqlConnection?> OpenAsync(SmallServer server, int pid)
    {
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                await File.WriteAllTextAsync(LastPid, (pid - 1).ToString(CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
            }
            catch (Exception forbidden) when (forbidden is IOException or UnauthorizedAccessException)
            {
                return null;
            }

            var session = await server.OpenAsync();
            if (session.ProcessID == pid)
            {
                return session;
            }

            await server.CloseAsync(session);
        }

        return null;
    }
}
