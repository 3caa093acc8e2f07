using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox;

namespace ChatBot.IntegrationTests.Terminal;

/// <summary>Who gets in at the terminal's door, and what a stranger learns there.</summary>
public sealed class TerminalDoorTests
{
    [Fact]
    public async Task Without_a_right_token_nobody_learns_anything()
    {
        await using var practice = await Practice.StartAsync();
        var (ana, boris) = (Seat.For(practice, "ana"), Seat.For(practice, "boris"));
        practice.Settings["Logging:LogLevel:Default"] = "Trace";
        await practice.StartBotAsync();

        Action<HttpRequestMessage>[] strangers =
        [
            request => request.Headers.Authorization = null,
            request => request.Headers.Authorization = new("Bearer", ana.Token[..^1]),
            request => request.Headers.Authorization = new("Bearer", ana.Token + "x"),
            request => request.Headers.Authorization = new("Bearer", ana.Token.ToUpperInvariant()),
            request => request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"ana:{ana.Token}"))),
            request => request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ana.Token}, Bearer {boris.Token}"),
        ];
        var bodies = new HashSet<string>();
        foreach (var path in new[] { "incidents", "no-such-path" })
        {
            foreach (var stranger in strangers[..5])
            {
                var (status, body) = await ana.SendAsync(HttpMethod.Get, path, stranger);
                Assert.Equal(HttpStatusCode.Unauthorized, status);
                bodies.Add(body);
            }
        }

        // Always the same words, also to whoever tries too often; and a right token gets in all the same.
        var (after, last) = await ana.SendAsync(HttpMethod.Post, "incidents", strangers[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, after);
        bodies.Add(last);
        Assert.Single(bodies);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ana.SendAsync(HttpMethod.Get, "incidents", strangers[5])).Status);
        Assert.Equal((HttpStatusCode.OK, """{"incidents":[]}"""), await boris.SendAsync(HttpMethod.Get, "incidents"));
        Assert.Contains("The token is missing or isn't right.", await new Seat(practice, "carl").RefusedAsync("list"), StringComparison.Ordinal);

        await practice.StopBotAsync();
        Assert.DoesNotContain(Seat.Canary, practice.Bot!.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(10, practice.Bot.Output.Split("turned away at the terminal's door").Length - 1);
    }

    [Fact]
    public async Task Only_this_machine_reaches_the_door_and_only_under_its_own_name()
    {
        await using var practice = await Practice.StartAsync();
        var ana = Seat.For(practice, "ana");
        await practice.StartBotAsync();

        var port = int.Parse(practice.Settings["Terminal:Port"], null);
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port).ToList();
        Assert.NotEmpty(listeners);
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), $"{listener} is no loopback address."));

        foreach (var name in new[] { "evil.example", $"evil.example:{port}", "127.0.0.1.evil.example", "0.0.0.0", "localhost.", "[::2]" })
        {
            Assert.Equal((HttpStatusCode.BadRequest, ""), await ana.SendAsync(HttpMethod.Get, "incidents", request => request.Headers.Host = name));
        }

        foreach (var name in new[] { $"localhost:{port}", "127.0.0.1", $"[::1]:{port}" })
        {
            Assert.Equal(HttpStatusCode.OK, (await ana.SendAsync(HttpMethod.Get, "incidents", request => request.Headers.Host = name)).Status);
        }

        // A stop that is asked for is the whole program's: one host, one end.
        Signals.Send("TERM", practice.Bot!.Id);
        await practice.Bot.WaitForExitAsync(practice.Token);
        Assert.Equal(0, practice.Bot.ExitCode);
        Assert.Single(practice.Bot.Output.Split('\n'), line => line.Contains("Application started", StringComparison.Ordinal));
        Assert.Contains("No bot answers at ", await ana.RefusedAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wish_is_read_strictly_and_a_question_changes_nothing()
    {
        await using var practice = await Practice.StartAsync();
        var ana = Seat.For(practice, "ana");
        await practice.StartBotAsync();

        (HttpStatusCode, string, string)[] wrong =
        [
            (HttpStatusCode.BadRequest, "incidents", "{}"),
            (HttpStatusCode.BadRequest, "incidents", "null"),
            (HttpStatusCode.BadRequest, "incidents", "{\"target\":null}"),
            (HttpStatusCode.BadRequest, "incidents", "{\"target\":\"a\",\"by\":\"U0BORIS001\"}"),
            (HttpStatusCode.BadRequest, "incidents", "{\"target\":\"a\",\"target\":\"b\"}"),
            (HttpStatusCode.BadRequest, "incidents", "{\"Target\":\"a\"}"),
            (HttpStatusCode.BadRequest, "incidents", "{\"target\":\"a\"} {}"),
            (HttpStatusCode.BadRequest, "incidents", "[[[[[[[[[[[[1"),
            (HttpStatusCode.BadRequest, "incidents/orders-db/presses", "{\"button\":\"approve\"}"),
            (HttpStatusCode.RequestEntityTooLarge, "incidents", $"{{\"target\":\"{new string('a', 8 * 1024)}\"}}"),
            (HttpStatusCode.NotFound, "incidents/orders-db/presses", "{\"button\":\"approve\",\"seen\":\"0\"}"),
            (HttpStatusCode.OK, "incidents", "{\"target\":\"\\u001b[2J\"}"),
        ];
        foreach (var (expected, path, json) in wrong)
        {
            var (status, body) = await ana.SendAsync(HttpMethod.Post, path, request => Wish(request, json));
            Assert.True(status == expected, $"{json}: {status} {body}");
            Assert.Contains("\"accepted\":false", body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await ana.SendAsync(HttpMethod.Post, "incidents", request => Wish(request, "{}", "text/plain"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ana.SendAsync(HttpMethod.Post, "incidents", request => request.Content = JsonContent.Create(new { target = "orders-db" }))).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await ana.SendAsync(HttpMethod.Get, "incidents/orders-db/presses")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await ana.SendAsync(HttpMethod.Put, "incidents")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ana.SendAsync(HttpMethod.Get, "incidents/..%2f..%2fetc%2fpasswd")).Status);
        Assert.Equal(0, await practice.CountAsync("select count(*) from commands"));
        Assert.Equal(0, await practice.CountAsync("select count(*) from inbox"));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_at_the_start()
    {
        await using var practice = await Practice.StartAsync();
        Seat.For(practice, "ana");
        using var neighbour = new TcpListener(IPAddress.Loopback, 0);
        neighbour.Start();
        var port = ((IPEndPoint)neighbour.LocalEndpoint).Port;
        practice.Settings["Terminal:Port"] = $"{port}";

        await using var bot = BotProcess.Start(practice.Settings);
        await bot.WaitForExitAsync(practice.Token);

        Assert.Equal(1, bot.ExitCode);
        Assert.Equal(
            ["ChatBot doesn't start. 1 mistake in the settings:", $"  Terminal:Port  found {port}, which this machine doesn't let me listen at  expected a free port"],
            bot.Errors);
    }

    private static void Wish(HttpRequestMessage request, string json, string type = "application/json")
    {
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = new StringContent(json, Encoding.UTF8, type);
    }
}
