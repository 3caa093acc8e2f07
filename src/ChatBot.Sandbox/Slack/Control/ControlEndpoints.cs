namespace ChatBot.Sandbox.Slack;

/// <summary>
/// People and faults over HTTP, for a test in another language: each endpoint is one call of the C# API. A person's
/// mistake (no such button) is 409 with the sentence; a wait that ends is 408 with what is on the screen.
/// </summary>
internal static class ControlEndpoints
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static void Map(WebApplication server, SlackSimulator simulator)
    {
        var control = server.MapGroup("/control").AddEndpointFilter(AnswerMistakesAsync);
        var workspace = simulator.Workspace;

        control.MapPost("/type", async (TypeWish wish, CancellationToken ended) =>
            await workspace.As(wish.As).TypeAsync(wish.Channel, wish.Line, ended));
        control.MapPost("/press", async (PressWish wish, CancellationToken ended) =>
            await PressAsync(workspace.As(wish.As), wish, ended));
        control.MapPost("/submit", async (SubmitWish wish, CancellationToken ended) =>
            await workspace.As(wish.As).SubmitViewAsync(wish.Values, ended));
        control.MapGet("/sees", (string @as, string channel) => workspace.As(@as).Sees(channel));
        control.MapGet("/text", (string @as, string channel) =>
            new ChannelText(workspace).Of(workspace.As(@as).Sees(channel)));
        control.MapGet("/view", (string @as) => Results.Json(workspace.As(@as).View));
        control.MapGet("/wait", async (string @as, string channel, string says, CancellationToken ended) =>
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(ended);
            late.CancelAfter(LongestWait);
            return await workspace.As(@as).WaitForAsync(channel, message => message.Says(says), late.Token);
        });
        control.MapGet("/wait-for-view", async (string @as, string title, CancellationToken ended) =>
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(ended);
            late.CancelAfter(LongestWait);
            return await workspace.As(@as).WaitForViewAsync(view => view.Title == title, late.Token);
        });
        control.MapGet("/wait-for-sockets", async (int count, CancellationToken ended) =>
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(ended);
            late.CancelAfter(LongestWait);
            await simulator.Faults.WaitForSocketsAsync(count, late.Token);
            return count;
        });
        control.MapGet("/deliveries", () => simulator.Deliveries.All);
        control.MapGet("/calls", () => simulator.Calls.All);
        control.MapPost("/faults", async (FaultWish wish, CancellationToken ended) =>
            await wish.CarryOutAsync(simulator.Faults, ended));
    }

    private static Task<SlackAnswer> PressAsync(SlackPerson person, PressWish wish, CancellationToken ended) =>
        (wish.Channel, wish.Ts) switch
        {
            (null, _) => person.PressInViewAsync(wish.Button, ended),
            ({ } channel, null) => person.PressAsync(channel, wish.Button, wish.Confirm ?? true, ended),
            ({ } channel, { } ts) => person.PressAsync(
                person.Sees(channel).FirstOrDefault(seen => seen.Ts == ts)
                    ?? throw new InvalidOperationException($"@{wish.As} sees no message {ts} in {channel}."),
                wish.Button,
                wish.Confirm ?? true,
                ended),
        };

    private static async ValueTask<object?> AnswerMistakesAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception mistake) when (mistake is InvalidOperationException or ArgumentException)
        {
            return Results.Text(mistake.Message, statusCode: StatusCodes.Status409Conflict);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            return Results.Text(late.Message, statusCode: StatusCodes.Status408RequestTimeout);
        }
    }

    private sealed record TypeWish(string As, string Channel, string Line);

    /// <param name="Channel">Null presses inside the topmost modal.</param>
    /// <param name="Ts">Null means the newest message that has the button.</param>
    private sealed record PressWish(string As, string? Channel, string Button, string? Ts, bool? Confirm);

    private sealed record SubmitWish(string As, Dictionary<string, string> Values);
}
