using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using Microsoft.Extensions.Logging;

namespace ChatBot.Slack;

/// <summary>Who somebody is, asked of Slack and remembered for a short while. What Slack doesn't say is unverified, never yes.</summary>
/// <param name="freshFor">How old an answer may be, from 0 to 30 s.</param>
internal sealed partial class SlackDirectory(ISlackWire wire, TimeProvider clock, TimeSpan freshFor, ILogger<SlackDirectory> logger)
{
    /// <summary>What Slack says of every account that isn't switched off.</summary>
    private static readonly string[] AlwaysSaid = ["deleted", "is_bot", "is_restricted", "is_ultra_restricted"];

    /// <summary>With the moment of the question, by the clock that nobody sets.</summary>
    private readonly ConcurrentDictionary<string, (long At, JsonElement Answer)> _answers = new();

    /// <param name="approvers">User group ids (S…) and user ids (U…, W…) of the target.</param>
    public async Task<SlackStanding> StandingOfAsync(Person person, IReadOnlyList<string> approvers, CancellationToken cancellationToken)
    {
        try
        {
            var team = (await AskAsync("auth.test", [], cancellationToken)).GetProperty("team_id").GetString();
            var user = (await AskAsync("users.info", new JsonObject { ["user"] = person.User }, cancellationToken)).GetProperty("user");

            if (string.IsNullOrEmpty(team) || Text(user, "id") != person.User || Text(user, "team_id") is not { } home)
            {
                LogUnverified("users.info", SlackFailure.Unreadable, error: null);
                return new SlackStanding(Standing.Unverified);
            }

            if (person.Team != team || home != team || Is(user, "is_stranger")
                || Is(user, "is_restricted") || Is(user, "is_ultra_restricted"))
            {
                return new SlackStanding(Standing.Outsider);
            }

            if (Is(user, "deleted"))
            {
                return new SlackStanding(Standing.Deactivated);
            }

            if (Is(user, "is_bot") || Is(user, "is_workflow_bot"))
            {
                return new SlackStanding(Standing.Bot);
            }

            if (!AlwaysSaid.All(name => Says(user, name)))
            {
                LogUnverified("users.info", SlackFailure.Unreadable, error: null);
                return new SlackStanding(Standing.Unverified);
            }

            return approvers.Contains(person.User, StringComparer.Ordinal)
                ? new SlackStanding(Standing.Approver)
                : await InAnyGroupAsync(person, approvers, cancellationToken);
        }
        catch (SlackCallException nobody) when (nobody is { Method: "users.info", Failure: SlackFailure.Refused, Error: "user_not_found" or "user_not_visible" })
        {
            return new SlackStanding(Standing.Outsider); // an answer like any other: there is no such account here
        }
        catch (SlackCallException failed)
        {
            LogUnverified(failed.Method, failed.Failure, failed.Error);
            return new SlackStanding(Standing.Unverified, IsSilence(failed) ? approvers : null);
        }
        catch (Exception odd) when (odd is InvalidOperationException or KeyNotFoundException)
        {
            // An answer without the fields that Slack documents says nothing about the person.
            LogUnverified("users.info", SlackFailure.Unreadable, error: null);
            return new SlackStanding(Standing.Unverified);
        }
    }

    private async Task<SlackStanding> InAnyGroupAsync(Person person, IReadOnlyList<string> approvers, CancellationToken cancellationToken)
    {
        var silent = new List<string>();
        var isRefused = false;
        foreach (var group in approvers.Where(id => id.StartsWith('S')))
        {
            try
            {
                var members = (await AskAsync("usergroups.users.list", new JsonObject { ["usergroup"] = group }, cancellationToken)).GetProperty("users");
                if (members.EnumerateArray().Any(member => member.GetString() == person.User))
                {
                    return new SlackStanding(Standing.Approver);
                }
            }
            catch (SlackCallException failed)
            {
                LogUnverified(failed.Method, failed.Failure, failed.Error);
                isRefused |= !IsSilence(failed);
                silent.Add(group);
            }
        }

        return silent.Count == 0 ? new SlackStanding(Standing.Member)
            : new SlackStanding(Standing.Unverified, isRefused ? null : silent);
    }

    /// <summary>Slack is out of reach. A refusal is an answer, and so is one that can't be read: somebody has to look at those.</summary>
    private static bool IsSilence(SlackCallException failed) =>
        failed.Failure is SlackFailure.NoAnswer or SlackFailure.ServerError or SlackFailure.RateLimited;

    private async Task<JsonElement> AskAsync(string method, JsonObject arguments, CancellationToken cancellationToken)
    {
        var question = $"{method} {arguments.ToJsonString()}";
        var asked = clock.GetTimestamp();
        if (_answers.TryGetValue(question, out var known) && clock.GetElapsedTime(known.At) < freshFor)
        {
            return known.Answer;
        }

        var answer = await wire.CallAsync(method, arguments, cancellationToken);
        if (_answers.Count > 10_000)
        {
            _answers.Clear();
        }

        _answers[question] = (asked, answer);
        return answer;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static bool Says(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static bool Is(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    [LoggerMessage(LogLevel.Warning, "Could not verify a person: {Method} failed ({Failure}, {Error})")]
    private partial void LogUnverified(string method, SlackFailure failure, string? error);
}

/// <summary>What came of asking Slack who somebody is.</summary>
/// <param name="Silent">Approvers about whom Slack, being out of reach, said neither yes nor no; null when it did answer, if only by a refusal.</param>
internal sealed record SlackStanding(Standing Standing, IReadOnlyList<string>? Silent = null);
