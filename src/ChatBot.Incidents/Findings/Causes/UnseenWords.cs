using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What could not be seen, and what can't be known without it.</summary>
internal static class UnseenWords
{
    public static IEnumerable<Sentence> Of(Symptoms symptoms)
    {
        if (symptoms.Look is not { } look)
        {
            yield return ServerRule.Refused(symptoms) > 0
                ? Sentence.Of($"Nobody got in, so who holds the slots and what they do isn't known. The refusal itself proves that the server is full.")
                : Sentence.Of($"Nobody got in, so neither the number of taken slots nor who holds them is known.");
            yield break;
        }

        if (!look.Usage.SeesEverything)
        {
            yield return IsPostgreSql(look)
                ? Sentence.Of($"The bot's role lacks pg_read_all_stats: what sessions do, since when, and from where can't be seen; at most so many slots are taken.")
                : Sentence.Of($"The bot's account lacks PROCESS: what others' sessions do, since when, and from where can't be seen; only the number of taken slots holds.");
        }
        else if (look.LastStatements is LastStatements.NotKept && !IsPostgreSql(look))
        {
            yield return Sentence.Of($"The server keeps no last statements (its performance schema, or the consumer events_statements_current, is off), so what idle sessions did last isn't known.");
        }
        else if (look.LastStatements is LastStatements.NotAllowed)
        {
            yield return Sentence.Of($"The bot's account lacks SELECT on performance_schema: which programs the sessions are, and what idle ones did last, can't be seen.");
        }

        if (look.Usage.SeesEverything && look.Since is null)
        {
            yield return look.StartedAnew
                ? Sentence.Of($"The server was restarted, or another one took its place, between two looks: what changes isn't known yet.")
                : Sentence.Of($"This is the first look, so what changes isn't known yet: neither new sessions nor which ones stand still.");
        }

        if (look.Starting is null && ServerRule.Refused(symptoms) > 0)
        {
            yield return Sentence.Of($"This server doesn't show sessions that are still logging in, though they hold slots.");
        }
    }

    /// <summary>"Nothing is exhausted" is only true of what was looked at.</summary>
    public static IEnumerable<Sentence> OfPools(Symptoms symptoms, Cause cause)
    {
        if (cause is Cause.NotExhausted && symptoms.Applications.Count == 0)
        {
            yield return symptoms.LogsRead
                ? Sentence.Of($"The services' logs of the last minute tell of no pool that ran out; but some libraries never log that.")
                : Sentence.Of($"Nobody looked at the services' own pools: one of them may have no connection left while the server has room.");
        }
    }

    public static bool IsPostgreSql(ServerLook look) => look.Server.Product.Equals("PostgreSQL", StringComparison.OrdinalIgnoreCase);
}
