using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using static ChatBot.Incidents.Tests.Findings.Causes.Crowds;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Servers by chance; the same ones in every run.</summary>
public class RandomVerdictTests
{
    private static readonly string[] Applications =
        ["", "checkout-api", "orders-api", "search", "billing", "pgbouncer", "psql", "nightly", "postgres_exporter", "PostgreSQL JDBC Driver"];

    private static readonly string[] Statements = ["", "select ? from carts", "ROLLBACK", "update stock set n = ?", "select pg_sleep(?)"];

    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(20261126, 2_000)]
    public void Whatever_is_seen_a_verdict_is_true_to_it(int seed, int servers)
    {
        var seen = new Dictionary<Cause, int>();
        for (var number = 0; number < servers; number++)
        {
            var symptoms = Symptoms(new Random(unchecked((seed * 1_000_003) + number)));
            try
            {
                var verdict = VerdictRule.Judge(symptoms);
                Verify(symptoms, verdict);
                seen[verdict.Cause] = seen.GetValueOrDefault(verdict.Cause) + 1;
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"Seed {seed}, server {number}.", wrong);
            }
        }

        // A test that never gets anywhere proves nothing. No cluster tells these servers anything.
        Assert.Equal(Enum.GetValues<Cause>().Except([Cause.RolloutSurge, Cause.Orphans]).Order(), seen.Where(cause => cause.Value >= 5).Select(cause => cause.Key).Order());
    }

    private static void Verify(Symptoms symptoms, Verdict verdict)
    {
        Assert.Equal(Text(verdict), Text(VerdictRule.Judge(symptoms))); // the same again
        Assert.Equal(StepWorths.Names, verdict.Steps.Select(step => step.Step));
        Assert.Equal(verdict.Also.Count, verdict.Also.DistinctBy(other => other.Cause).Count());
        Assert.DoesNotContain(verdict.Also, other => other.Cause == verdict.Cause && other.Cause is not (Cause.AccountLimit or Cause.DatabaseLimit)); // another limit is another
        Assert.NotEmpty(verdict.Summary.Parts);
        VerifyLayer(symptoms, verdict);

        var known = SeenNumbers.Of(symptoms);
        foreach (var words in verdict.For.Concat(verdict.Against).Select(reason => reason.Words)
            .Concat(verdict.Also.Select(other => other.Words)).Concat(verdict.Unseen).Append(verdict.Summary).Append(verdict.Shared).Append(verdict.Victims))
        {
            foreach (var part in words?.Parts ?? [])
            {
                Assert.All(SeenNumbers.In(part.Own), number => Assert.True(known.Contains(SeenNumbers.Number(number)), $"{number} in: {words}"));
            }
        }
    }

    private static void VerifyLayer(Symptoms symptoms, Verdict verdict)
    {
        var (layer, look) = (verdict.Layer, symptoms.Look);
        switch (layer.Layer)
        {
            case Layer.Server when look is not null:
                Assert.Equal((look.Usage.Used, look.Usage.Capacity), (layer.Used, layer.Limit));
                break;
            case Layer.Account or Layer.Database:
                Assert.Contains(look!.Limits, limit => (limit.Name, limit.Used, limit.Limit) == (layer.Name, layer.Used, layer.Limit));
                break;
            case Layer.Pooler:
                Assert.NotNull(symptoms.Pools);
                break;
            case Layer.Application:
                Assert.Contains(symptoms.Applications, pool => (pool.Service, pool.InUse, pool.Waiting) == (layer.Name, layer.Used, layer.Waiting));
                break;
            default:
                Assert.Equal((0, 0), (layer.Used, layer.Limit));
                break;
        }

        // A refusal outranks every count, and what nobody saw nobody calls healthy.
        if (symptoms.RefusedLogins > 0 || look?.Usage.RefusedLogins > 0 || look is { Usage: { SeesEverything: true, Free: 0 } })
        {
            Assert.Equal(Layer.Server, layer.Layer);
            Assert.NotEqual(Cause.NotExhausted, verdict.Cause);
        }

        if (look is null || !look.Usage.SeesEverything)
        {
            Assert.NotEmpty(verdict.Unseen);
        }

        if (look is { Usage.Ratio: >= Mark } or null)
        {
            Assert.NotEqual(Cause.NotExhausted, verdict.Cause);
        }
    }

    private static Symptoms Symptoms(Random chance)
    {
        var capacity = chance.Next(4) switch { 0 => 17, 1 => 97, 2 => 497, _ => 5000 };
        var filled = capacity * (chance.Next(4) == 0 ? chance.NextDouble() : 0.8 + (chance.NextDouble() * 0.25));
        var crowds = Enumerable.Range(0, chance.Next(1, 5)).Select(_ => Crowd(chance, filled)).ToArray();
        var scale = filled / Math.Max(1, crowds.Sum(crowd => crowd.Count));
        crowds = [.. crowds.Select(crowd => Scaled(crowd, scale, chance))];
        var symptoms = chance.Next(4) == 0 ? FirstLook(capacity, crowds) : Server(capacity, crowds);
        if (symptoms.Look!.Since is not null && chance.Next(2) == 0)
        {
            symptoms = symptoms.Since(chance.Next(0, 60), Maybe(chance, capacity), Maybe(chance, 500)).Rise(chance.Next(-5, 20));
            symptoms = chance.Next(2) == 0 ? symptoms.Failed(chance.Next(3)) : symptoms;
        }

        if (chance.Next(3) == 0 && symptoms.Look!.Usage.WaitingForLock is > 0 and var waiting)
        {
            symptoms = symptoms.Blocked(Root(chance.Next(1, waiting + 1), "billing", (SessionActivity)chance.Next(6), chance.Next(2) == 0));
        }

        if (chance.Next(5) == 0)
        {
            symptoms = symptoms.Look(look => look with { Starting = chance.Next(20), Privileged = chance.Next(5), Processors = chance.Next(1, 64) });
        }

        if (chance.Next(6) == 0)
        {
            var limit = chance.Next(0, capacity);
            symptoms = symptoms.Limited((LimitScope)chance.Next(2), chance.Next(2) == 0 ? "shop" : "other", limit, chance.Next(0, limit + 1) is var used && chance.Next(2) == 0 ? limit : used);
        }

        symptoms = chance.Next(4) == 0 ? symptoms.Untold() : symptoms;
        symptoms = chance.Next(10) == 0 ? symptoms.Sightless() : symptoms;
        symptoms = chance.Next(20) == 0 ? Nobody() : symptoms;
        symptoms = chance.Next(8) == 0 ? symptoms with { RefusedLogins = chance.Next(1, 50) } : symptoms;
        symptoms = chance.Next(8) == 0 && symptoms.Look is not null ? symptoms.Usage(usage => usage with { RefusedLogins = chance.Next(1, 50) }) : symptoms;
        if (chance.Next(6) == 0)
        {
            var size = chance.Next(1, 40);
            symptoms = symptoms.Behind(
                Pooled(chance.Next(size + 1), size, chance.Next(60), chance.Next(20), chance.Next(5), chance.Next(3)) with { IsPaused = chance.Next(9) == 0 },
                ("checkout-api", chance.Next(200), chance.Next(9)),
                ("orders-api", chance.Next(1200), 0));
        }

        return chance.Next(6) == 0 ? symptoms.Waits("orders-api", Maybe(chance, 30) is { } most ? (int)most : null, chance.Next(30), chance.Next(9), chance.Next(3)) : symptoms;
    }

    private static Crowd Crowd(Random chance, double atMost)
    {
        var shortest = Seconds(Math.Pow(10, (chance.NextDouble() * 6) - 2));
        return new Crowd(
            Applications[chance.Next(Applications.Length)],
            chance.Next(1, (int)Math.Max(2, atMost)),
            (SessionActivity)chance.Next(4),
            shortest,
            shortest * (1 + chance.NextDouble()),
            Statements[chance.Next(Statements.Length)],
            Clients: chance.Next(1, 8),
            User: chance.Next(3) == 0 ? "metabase" : "shop")
        {
            Age = Seconds(chance.Next(1, 100_000)),
        };
    }

    private static Crowd Scaled(Crowd crowd, double scale, Random chance)
    {
        var count = (int)(crowd.Count * scale);
        return crowd with
        {
            Count = count,
            Still = crowd.Activity is SessionActivity.Idle ? (int)(count * chance.NextDouble()) : 0,
            AtItLong = crowd.Longest >= ConsumerGroup.LongAfter ? chance.Next(count + 1) : 0,
            Left = crowd.Longest >= ConsumerGroup.LeftAfter ? chance.Next(count + 1) : 0,
            Born = chance.Next(3) == 0 ? chance.Next(count + 1) : 0,
        };
    }

    private static long? Maybe(Random chance, int most) => chance.Next(2) == 0 ? chance.Next(most) : null;

    private static string Text(Verdict verdict) => string.Join(
        '\n',
        [
            verdict.Cause.ToString(), verdict.Layer.ToString(), verdict.Summary.ToString(), verdict.Culprit.Value, verdict.Shared?.ToString(), verdict.Victims?.ToString(),
            .. verdict.For.Concat(verdict.Against).Select(reason => $"{reason.Words} ({reason.Source})"),
            .. verdict.Also.Select(other => $"{other.Cause}: {other.Words}"),
            .. verdict.Unseen.Select(words => words.ToString()),
        ]);
}
