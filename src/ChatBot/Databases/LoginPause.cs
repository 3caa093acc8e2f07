namespace ChatBot.Databases;

/// <summary>How long nobody tries to log in again after a failed round, whoever wants to: a server in trouble has others to serve.</summary>
internal static class LoginPause
{
    /// <summary>After the first failure, the second, and so on; the last one for ever.</summary>
    private static readonly TimeSpan[] Usual =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)];

    /// <summary>Where a person has to mend something first; servers lock accounts that keep trying.</summary>
    private static readonly TimeSpan[] Refused = [.. Usual, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)];

    /// <summary>After what nobody foresaw.</summary>
    public static TimeSpan Longest => Usual[^1];

    /// <param name="failures">At least 1: rounds that failed in a row.</param>
    public static TimeSpan After(int failures, UnavailableReason reason) => reason switch
    {
        UnavailableReason.Full => Usual[^1], // a round of its own was tried already
        UnavailableReason.Refused => Refused[Math.Min(failures, Refused.Length) - 1],
        _ => Usual[Math.Min(failures, Usual.Length) - 1],
    };
}
