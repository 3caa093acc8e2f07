namespace ChatBot.Sandbox.Databases;

/// <summary>
/// A data directory that is initialised once a process, and copied for each server: a quarter of the time that
/// initialising takes. Gone when the process ends.
/// </summary>
/// <param name="asUser">Who initialises and owns it, if we are root.</param>
/// <param name="initialiseAsync">Fills the folder <c>data</c> in the folder it gets, as that user.</param>
internal sealed class PreparedData(string name, string asUser, Func<string, Task> initialiseAsync)
{
    private readonly Lock _gate = new();
    private Task<string>? _folder;

    /// <summary>A copy as <c>data</c> in this folder, and the folder handed to the unprivileged user.</summary>
    public async Task CopyIntoAsync(string folder, CancellationToken cancellationToken)
    {
        // Not bound to whoever comes first: the others wait for the same folder.
        var prepared = await PreparedAsync().WaitAsync(cancellationToken);
        await ServerPrograms.GiveAsync(folder, asUser, cancellationToken);
        await ServerPrograms.RunAsync("cp", ["-a", "--reflink=auto", Path.Combine(prepared, "data"), folder], folder, asUser, cancellationToken);
    }

    private Task<string> PreparedAsync()
    {
        lock (_gate)
        {
            // What failed once is tried again: the disk may have been full.
            return _folder = _folder is null or { IsFaulted: true } ? PrepareAsync() : _folder;
        }
    }

    private async Task<string> PrepareAsync()
    {
        var folder = Directory.CreateTempSubdirectory($"chatbot-{name}-prepared-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(folder);
        try
        {
            await ServerPrograms.GiveAsync(folder, asUser, CancellationToken.None);
            await initialiseAsync(folder);
            return folder;
        }
        catch
        {
            Remove(folder);
            throw;
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
