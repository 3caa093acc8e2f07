namespace ChatBot.Store;

/// <summary>Keeps a second process out of a database file: a locked file beside it, freed by the kernel when we die.</summary>
/// <remarks>The file itself stays: deleting it would let two processes lock two files of the same name.</remarks>
internal sealed class StoreFileLock : IDisposable
{
    private readonly FileStream _stream;

    private StoreFileLock(FileStream stream)
    {
        _stream = stream;
    }

    /// <summary>Makes folder and file where they are missing, readable by the bot's user only.</summary>
    /// <exception cref="StoreUnavailableException">Another process has it; or folder or file can't be made.</exception>
    public static StoreFileLock Take(string database)
    {
        try
        {
            var folder = Path.GetDirectoryName(database)!;
            Directory.CreateDirectory(folder);
            RefuseNetworkDisk(database, FileSystemOf(folder));

            var taken = new StoreFileLock(OpenPrivate(database + ".lock", FileShare.None)); // FileShare.None is flock(2)
            OpenPrivate(database, FileShare.ReadWrite).Dispose();
            return taken;
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new StoreUnavailableException(
                $"{database} can't be written. Let the bot's user write the file and its folder.", denied);
        }
        catch (IOException busy) when (File.Exists(database + ".lock"))
        {
            throw new StoreUnavailableException(
                $"{database} is in use by another process. One process may have it: stop the other one, or use a "
                + $"PostgreSQL store for several replicas. (fuser {database}.lock names it.)",
                busy);
        }
        catch (IOException broken)
        {
            throw new StoreUnavailableException($"{database} can't be made: {broken.Message}", broken);
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>WAL needs memory shared by all who open the file, and network disks don't. See https://sqlite.org/wal.html.</summary>
    internal static void RefuseNetworkDisk(string database, string format)
    {
        if (format is "nfs" or "nfs4" or "cifs" or "smb" or "smb2" or "smb3")
        {
            throw new StoreUnavailableException(
                $"{database} is on a network disk ({format}), where commits can be lost. Put it on a local disk, or use a PostgreSQL store.");
        }
    }

    private static FileStream OpenPrivate(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <returns>Empty where the system doesn't list what is mounted, as in some jails: then nobody knows, and it may be used.</returns>
    private static string FileSystemOf(string folder)
    {
        try
        {
            return new DriveInfo(folder).DriveFormat;
        }
        catch (DriveNotFoundException)
        {
            return "";
        }
    }
}
