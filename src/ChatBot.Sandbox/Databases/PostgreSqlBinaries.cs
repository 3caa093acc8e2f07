using System.Globalization;

namespace ChatBot.Sandbox.Databases;

/// <summary>Which PostgreSQL a server is started from.</summary>
/// <param name="Folder">Has <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
public sealed record PostgreSqlBinaries(string Folder)
{
    private const string InstallHint =
        "No PostgreSQL server found below /usr/lib/postgresql. Install it with: apt-get install postgresql-15";

    /// <summary>The newest major version of the distribution's packages.</summary>
    /// <exception cref="InvalidOperationException">None is installed; says what to install.</exception>
    public static PostgreSqlBinaries Installed => !Directory.Exists("/usr/lib/postgresql")
        ? throw new InvalidOperationException(InstallHint)
        : Directory.GetDirectories("/usr/lib/postgresql")
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
            .Select(folder => new PostgreSqlBinaries(Path.Combine(folder, "bin")))
            .FirstOrDefault(binaries => File.Exists(Path.Combine(binaries.Folder, "initdb")))
            ?? throw new InvalidOperationException(InstallHint);

    /// <summary>PostgreSQL 18, downloaded once (24 MB) by <c>get-postgresql18</c>; root still needs the user <c>postgres</c>.</summary>
    /// <exception cref="InvalidOperationException">It isn't to be had; says why.</exception>
    public static async Task<PostgreSqlBinaries> EighteenAsync(CancellationToken cancellationToken = default)
    {
        var (exitCode, lastLine) = await ServerPrograms.ScriptAsync("get-postgresql18", [], cancellationToken);
        return exitCode == 0
            ? new PostgreSqlBinaries(lastLine)
            : throw new InvalidOperationException($"PostgreSQL 18 could not be had: {lastLine}");
    }
}
