using System.Diagnostics;

namespace ChatBot;

/// <summary>
/// Named places at which a test kills the process the hard way. The calls exist only in the Crash build: the compiler
/// leaves them out of every other, names and all.
/// </summary>
internal static class CrashPoint
{
    /// <summary>The delivery is in the inbox; nobody has decided about it.</summary>
    public const string DeliveryStored = "delivery-stored";

    /// <summary>The deciding approval is committed; no step has begun.</summary>
    public const string PlanApproved = "approval-stored";

    /// <summary>The intent is committed; the effect has not left.</summary>
    public const string IntentStored = "intent-stored";

    /// <summary>The effect is done; its outcome is not on record.</summary>
    public const string EffectDone = "effect-done";

    /// <summary>The outcome is committed; Slack has not been told.</summary>
    public const string OutcomeStored = "outcome-stored";

    /// <summary>Slack has the message; where it is, is not on record.</summary>
    public const string MessagePosted = "message-posted";

    /// <summary>The same, for the message of a plan.</summary>
    public const string PlanPosted = "plan-posted";

    /// <summary>Slack has a file; that it has is not on record.</summary>
    public const string FileShared = "file-shared";

    /// <summary>Dies here when the environment says <c>CRASH_AT=name</c>, or <c>CRASH_AT=name:3</c> for the third time.</summary>
    [Conditional("CRASH_POINTS")]
    public static void Reached(string name)
    {
#if CRASH_POINTS
        if (Environment.GetEnvironmentVariable("CRASH_AT")?.Split(':') is not [var wanted, .. var rest] || wanted != name)
        {
            return;
        }

        if (Interlocked.Increment(ref _times) == (rest is [var nth] ? int.Parse(nth, System.Globalization.CultureInfo.InvariantCulture) : 1))
        {
            Console.Error.WriteLine($"crash point {name} reached");
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
#endif
    }

#if CRASH_POINTS
    private static int _times;
#endif
}
