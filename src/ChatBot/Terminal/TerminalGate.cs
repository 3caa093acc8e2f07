using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using ChatBot.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatBot.Terminal;

/// <summary>Lets in who shows a token from the configuration, and nobody else.</summary>
internal sealed partial class TerminalGate(ChatBotOptions options, ILogger<TerminalGate> logger) : IDisposable
{
    /// <summary>
    /// Failures that are answered and logged one by one in a minute; more of them are turned away without a line. A right
    /// token gets in all the same: nobody guesses 32 random characters, but a neighbour on the machine could lock out the
    /// people who fight a fire.
    /// </summary>
    private const int FailuresAMinute = 10;

    private readonly (byte[] Hash, TerminalPerson Person)[] _people = [.. options.Terminal.People.Values.Select(person => (HashOf(person.Token.Reveal()), person))];

    private readonly FixedWindowRateLimiter _failures = new(new() { PermitLimit = FailuresAMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    /// <summary>Who sent a request that was let in.</summary>
    public static TerminalPerson PersonOf(HttpContext context) => context.Features.Get<Entry>()!.Person;

    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (FindPerson(context.Request.Headers.Authorization) is { } person)
        {
            context.Features.Set(new Entry(person));
            await next(context);
            return;
        }

        using var lease = _failures.AttemptAcquire();
        if (lease.IsAcquired)
        {
            LogRefused();
        }

        context.Response.StatusCode = lease.IsAcquired ? StatusCodes.Status401Unauthorized : StatusCodes.Status429TooManyRequests;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.Response.WriteAsJsonAsync(
            new TerminalAnswer(false, "The token is missing or isn't right. It is yours in Terminal:People of the bot's settings."),
            TerminalJson.Options,
            context.RequestAborted);
    }

    public void Dispose() => _failures.Dispose();

    // Everybody's hash is compared, each in the same time: how long it takes says nothing about a token.
    private TerminalPerson? FindPerson(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header)
            || !header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            || header.Parameter is not { Length: > 0 } token)
        {
            return null;
        }

        var hash = HashOf(token);
        TerminalPerson? found = null;
        foreach (var (known, person) in _people)
        {
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? person : found;
        }

        return found;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Entry(TerminalPerson Person);

    [LoggerMessage(LogLevel.Warning, "Somebody without a right token was turned away at the terminal's door")]
    private partial void LogRefused();
}
