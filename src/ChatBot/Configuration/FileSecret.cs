namespace ChatBot.Configuration;

/// <summary>A password whose file is read again for each login, because somebody may have changed it meanwhile.</summary>
/// <remarks>Kubernetes swaps a symbolic link when a mounted secret changes, so it is the path that counts, not the open file.</remarks>
/// <param name="key">Of the setting that names the file, for <see cref="Lost"/>.</param>
/// <param name="first">What the file holds at the start.</param>
internal sealed class FileSecret(string key, string path, string first) : Secret("")
{
    private readonly Lock _turn = new();
    private string _last = first;
    private bool _isLost;

    /// <summary>The file no longer holds a password: said once, and again when it had come back meanwhile.</summary>
    public event Action<string>? Lost;

    /// <summary>The password as the file holds it now; the last one that it held while it holds none.</summary>
    public override string Reveal()
    {
        string? lost = null;
        string password;
        lock (_turn)
        {
            var (secret, found, expected) = SecretFile.Read(path);
            if (secret?.Any(char.IsControl) is true)
            {
                (secret, found, expected) = (null, "more than one line", "a password in one line");
            }

            if (secret is null && !_isLost)
            {
                lost = $"{key}  found {found}  expected {expected}. Until then the bot logs in with the last password that it read there.";
            }

            _isLost = secret is null;
            _last = secret ?? _last;
            password = _last;
        }

        if (lost is not null)
        {
            Lost?.Invoke(lost);
        }

        return password;
    }
}
