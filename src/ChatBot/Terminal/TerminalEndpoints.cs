using System.Text.Json;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ChatBot.Terminal;

/// <summary>What can be asked at the door: two questions, two wishes.</summary>
internal sealed partial class TerminalEndpoints(TerminalDesk desk, ILogger<TerminalEndpoints> logger)
{
    /// <summary>The header that names a wish, so that one that is sent again is answered and not done again.</summary>
    public const string KeyHeader = "Idempotency-Key";

    private static readonly TerminalAnswer NoIncident = new(false, "There is no such incident. Name it by its 32 digits or by its target; chatbot incident list --all shows them.");

    private static readonly TerminalAnswer Unreadable = new(false, "This isn't a wish that I understand: a member is missing, unknown or of the wrong kind.");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/incidents", ListAsync);
        routes.MapGet("/incidents/{incident}", ShowAsync);
        routes.MapPost("/incidents", StartAsync);
        routes.MapPost("/incidents/{incident}/presses", PressAsync);
    }

    private Task ListAsync(HttpContext context) => AnswerAsync(context, async () =>
        (StatusCodes.Status200OK, await desk.ListAsync(context.Request.Query["all"] == "1", context.RequestAborted)));

    private Task ShowAsync(HttpContext context) => AnswerAsync(context, async () =>
        await desk.ShowAsync(IncidentOf(context), context.RequestAborted) is { } page
            ? (StatusCodes.Status200OK, page)
            : (StatusCodes.Status404NotFound, NoIncident));

    private Task StartAsync(HttpContext context) => WishAsync<StartWish>(context, async (by, key, wish) =>
        await desk.StartAsync(by, key, wish, context.RequestAborted));

    private Task PressAsync(HttpContext context) => WishAsync<PressWish>(context, (by, key, wish) =>
        desk.PressAsync(by, key, IncidentOf(context), wish, context.RequestAborted));

    private static string IncidentOf(HttpContext context) => (string)context.GetRouteValue("incident")!;

    /// <param name="decide">Returns null when there is no such incident.</param>
    private Task WishAsync<T>(HttpContext context, Func<Person, Guid, T, Task<TerminalAnswer?>> decide)
        where T : class => AnswerAsync(context, async () =>
    {
        if (!Guid.TryParse(context.Request.Headers[KeyHeader], out var key))
        {
            return (StatusCodes.Status400BadRequest, new TerminalAnswer(false, $"A wish needs the header {KeyHeader} with a new UUID."));
        }

        if (!context.Request.HasJsonContentType())
        {
            return (StatusCodes.Status415UnsupportedMediaType, new TerminalAnswer(false, "A wish is sent as application/json."));
        }

        if (await JsonSerializer.DeserializeAsync<T>(context.Request.Body, TerminalJson.Options, context.RequestAborted) is not { } wish)
        {
            return (StatusCodes.Status400BadRequest, Unreadable);
        }

        var person = TerminalGate.PersonOf(context);
        return await decide(new Person(person.Team, person.User), key, wish) switch
        {
            null => (StatusCodes.Status404NotFound, NoIncident),
            { Accepted: null } undecided => (StatusCodes.Status202Accepted, undecided),
            var decided => (StatusCodes.Status200OK, decided),
        };
    });

    private async Task AnswerAsync(HttpContext context, Func<Task<(int Status, object Body)>> ask)
    {
        var (status, body) = await TryAsync(context, ask);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(body, body.GetType(), TerminalJson.Options, contentType: null, context.RequestAborted);
    }

    private async Task<(int Status, object Body)> TryAsync(HttpContext context, Func<Task<(int Status, object Body)>> ask)
    {
        try
        {
            return await ask();
        }
        catch (JsonException)
        {
            return (StatusCodes.Status400BadRequest, Unreadable);
        }
        catch (BadHttpRequestException bad)
        {
            return (bad.StatusCode, new TerminalAnswer(false, "The request is too large, too slow or broken off."));
        }
        catch (StoreSilentException unstored)
        {
            LogStoreLost(unstored);
            return (StatusCodes.Status503ServiceUnavailable, new TerminalAnswer(null, "The store gives no answer, so it is unknown whether this is on record. Send the same again: it is done once."));
        }
        catch (Exception failed) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(failed);
            return (StatusCodes.Status500InternalServerError, new TerminalAnswer(false, "Something in me failed on this. My log says more."));
        }
    }

    [LoggerMessage(LogLevel.Error, "The store doesn't answer; a request at the terminal's door failed")]
    private partial void LogStoreLost(Exception unstored);

    [LoggerMessage(LogLevel.Error, "A request at the terminal's door failed")]
    private partial void LogFailed(Exception failed);
}
