using System.Globalization;
using ChatBot.IntegrationTests.Incidents;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>Pages without a binding: people do every step, the bot shows them and keeps the record.</summary>
public sealed class ManualPageTests
{
    [Fact]
    public async Task A_page_without_bindings_is_gone_through_by_hand_from_start_to_report()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.Unbound);
        practice.Settings["Targets:orders-db:Services:checkout-api:Namespace"] = "shop";
        await practice.StartBotAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");

        // Every step says what to do, with what is known filled in.
        var first = await practice.StepAsync("1", message => message.Button("Done") is not null);
        Assert.Contains("psql -h 127.0.0.1 -U chatbot -d postgres -c \"SELECT count(*) FROM pg_stat_activity;\"", first.Text, StringComparison.Ordinal);
        Assert.Contains("-p<password>", first.Text, StringComparison.Ordinal);
        var third = await practice.StepAsync("3", message => message.Button("Done") is not null);
        Assert.Contains("kubectl logs -l app=checkout-api -n shop", third.Text, StringComparison.Ordinal);
        await practice.PressStepAsync(practice.Ana, "1", "Done");
        await practice.StepAsync("1", message => message.Says("Done by <@U0ANA00001>") && message.Button("Reopen") is not null && message.Ts == first.Ts);
        await practice.PressStepAsync(practice.Boris, "2", "Done, with a note");
        await practice.SayInModalAsync(practice.Boris, "Done", "It is *checkout-api*: <#C0ORDERSDB> 40 of 97");
        var noted = await practice.StepAsync("2", message => message.Says("Done by <@U0BORIS001>"));
        Assert.Contains("checkout-api", noted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<#C0ORDERSDB>", noted.Text, StringComparison.Ordinal); // shown as typed, not as a link
        await practice.PressStepAsync(practice.Ana, "3", "Skip");
        await practice.StepAsync("3", message => message.Says("Skipped by <@U0ANA00001>"));
        await practice.PressStepAsync(practice.Boris, "3", "Reopen");
        await practice.StepAsync("3", message => message.Says("<@U0BORIS001> does it by hand") && message.Button("Skip") is not null);
        await practice.PressStepAsync(practice.Boris, "3", "Skip");
        await practice.PressStepAsync(practice.Ana, "4", "Done");

        // The steps of each list, through the list: taken, and then done in their own message.
        (string List, string[] Steps)[] lists =
        [
            ("Immediate actions", ["1.1", "1.2"]),
            ("Short-term fixes", ["2.1", "2.2"]),
            ("Long-term solutions", ["3.1.1", "3.1.2", "3.1.3", "3.2"]),
        ];
        foreach (var (list, steps) in lists)
        {
            foreach (var number in steps)
            {
                var id = $"mitigation-{number.Replace('.', '-')}";
                if (list == "Long-term solutions")
                {
                    await practice.PressInListAsync(practice.Boris, list, id, "I'll follow it up");
                }

                await practice.PressInListAsync(practice.Boris, list, id, "Do by hand");
                await practice.PressStepAsync(practice.Boris, number, "Done");
                await practice.StepAsync(number, message => message.Says("Done by <@U0BORIS001>"));
                await practice.ListAsync(list, message => Practice.ButtonOf(message, id) is null);
            }
        }

        var card = await practice.CardAsync(message => message.Button("Resolve") is not null);
        await practice.Ana.PressAsync(card, "Resolve", cancellationToken: practice.Token);
        await practice.CardAsync(message => message.Says("Resolved:") && message.Says("I changed nothing.") && message.Says("Left to do: 2 long-term steps"));
        var report = await practice.FileAsync(file => file.Name.EndsWith(".md", StringComparison.Ordinal));
        foreach (var title in new[]
        {
            "Check current connection pool usage", "Identify which applications or services are consuming connections", "Check for connection leaks in application logs",
            "Monitor connection time metrics", "Restart problematic services that may be leaking connections", "Terminate idle connections if necessary",
            "Increase connection pool size temporarily", "Implement connection pooling at the application level", "Ensure connections are properly closed after use",
            "Implement connection pooling best practices", "Consider using a connection proxy", "Adjust connection pool sizes based on actual needs",
            "Implement proper monitoring and alerting", "Consider database read replicas",
        })
        {
            Assert.Contains(title, report.Text, StringComparison.Ordinal);
        }

        Assert.Contains("40 of 97", report.Text, StringComparison.Ordinal);
        practice.AssertNothingTwice(plans: 0);

        // Nobody asked the target anything about this incident; what the bot asks at its start is about its rights.
        Assert.Equal(0, await practice.CountAsync("select count(*) from events where type in ('usage-measured', 'usage-missing', 'consumers-measured', 'consumers-missing')"));
        Assert.DoesNotContain("client_addr", await practice.AskedByBotAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_steps_by_hand_come_after_the_card_and_all_can_be_reached()
    {
        const int Diagnosis = 100, Immediate = 100;
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.ByHand(Diagnosis, Immediate));
        await practice.StartBotAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.ListAsync("Immediate actions", message => message.Buttons.Count > 0);
        await practice.UntilShownAsync();

        // The card, the first steps of the diagnosis, a list of the others and one of the actions; not two hundred messages.
        var posted = practice.Ana.Sees(Practice.Channel).Where(message => message.Author == "chatbot").OrderBy(message => message.Ts, StringComparer.Ordinal).ToList();
        Assert.Null(posted[0].ThreadTs);
        Assert.Equal(1 + 12 + 1 + 1, posted.Count);
        practice.AssertNothingTwice(plans: 0);

        // Whoever closes what is shown comes to the last step. Pressed by value, because the messages are as many as the steps.
        var incident = posted[0].Buttons[0].Value!;
        foreach (var step in Enumerable.Range(1, Diagnosis - 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"diagnosis-{number}"))
            .Concat(Enumerable.Range(1, Immediate - 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"mitigation-1-{number}"))))
        {
            await practice.Ana.PressUnknownAsync(posted[0], "step.skip", $"{incident}.step.{step}", practice.Token);
        }

        await practice.PressInListAsync(practice.Ana, "More steps of the diagnosis", "diagnosis-100", "Do by hand");
        await practice.PressInListAsync(practice.Ana, "Immediate actions", "mitigation-1-100", "Do by hand");
        await practice.PressStepAsync(practice.Ana, "100", "Done");
        await practice.PressStepAsync(practice.Ana, "1.100", "Done");
        await practice.ListAsync("Immediate actions: 100 of 100", message => message.Buttons.Count == 0);
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from events where type in ('page-step-done', 'page-step-skipped')") == Diagnosis + Immediate);
    }
}
