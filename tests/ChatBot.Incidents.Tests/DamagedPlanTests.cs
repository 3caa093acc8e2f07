using System.Text;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Tests;

/// <summary>Bytes that are not exactly a plan of ours: the answer is always FormatException, never a plan that means something else.</summary>
public sealed class DamagedPlanTests
{
    private static readonly byte[] Sound = Given.AwaitingApproval.Plan!.ToBytes();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":\"1\"}")]
    public void Other_json_is_no_plan(string text) =>
        Assert.Throws<FormatException>(() => Plan.FromBytes(Encoding.UTF8.GetBytes(text), Given.Kinds));

    [Theory]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("terminate-idle/1", "terminate-idle/2")]
    [InlineData("\"target\":\"orders-db\"", "\"target\":null")]
    [InlineData("\"environment\":\"PRODUCTION\"", "\"environment\":null")]
    [InlineData("\"requestedByUser\":\"U0ANA\"", "\"requestedByUser\":null")]
    [InlineData("\"requestedByTeam\":\"T0HOME\"", "\"requestedByTeam\":null")]
    [InlineData("\"user\":\"checkout\"", "\"user\":null")]
    [InlineData("\"database\":\"orders\"", "\"database\":null")]
    [InlineData("\"application\":\"checkout-api\"", "\"application\":null")]
    [InlineData("\"xactStart\":null", "\"xactStart\":7")]
    [InlineData("\"idleForSeconds\":1800", "\"idleForSeconds\":1e300")]
    [InlineData("\"idleForSeconds\":1800", "\"idleForSeconds\":7e28")]
    [InlineData("\"idleForSeconds\":1800", "\"idleForSeconds\":1800.0")]
    [InlineData("\"more\":2", "\"more\":99999999999")]
    [InlineData("\"more\":2", "\"more\":2,\"more\":2")]
    [InlineData("\"more\":2", "\"more\":2,\"force\":true")]
    [InlineData("\"more\":2", "\"more\": 2")]
    [InlineData("\"createdAt\":", "\"createdAt\":99999")]
    [InlineData(".000001Z", ".0000010Z")]
    [InlineData(".000001Z", ".000001+00:00")]
    [InlineData("checkout-api", "checkout\\u002Dapi")]
    public void What_was_changed_is_no_plan(string sound, string damaged)
    {
        var text = Encoding.UTF8.GetString(Sound);
        Assert.Contains(sound, text, StringComparison.Ordinal);

        Assert.Throws<FormatException>(() => Plan.FromBytes(Encoding.UTF8.GetBytes(text.Replace(sound, damaged, StringComparison.Ordinal)), Given.Kinds));
    }

    [Fact]
    public void Random_damage_is_refused_or_is_another_plan_with_another_hash()
    {
        var random = new Random(20261126);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Damage(random);
            try
            {
                var plan = Plan.FromBytes(bytes, Given.Kinds);
                Assert.Equal(bytes, plan.ToBytes());
            }
            catch (FormatException)
            {
                // the one exception that is allowed
            }
        }
    }

    private static byte[] Damage(Random random)
    {
        var bytes = Sound.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)random.Next('0', '9' + 1);
                    break;
                case 2:
                    bytes.Insert(at, (byte)"{}[]\",:e-.0\\ "[random.Next(13)]);
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                case 4:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, Sound.AsSpan(0, random.Next(Sound.Length)).ToArray());
                    break;
            }

            if (bytes.Count == 0)
            {
                return [];
            }
        }

        return [.. bytes];
    }
}
