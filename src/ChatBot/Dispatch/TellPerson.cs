namespace ChatBot.Dispatch;

/// <summary>Work: words that only one person sees.</summary>
/// <param name="Text">Clean, not escaped; mentions of people as <c>&lt;@U…&gt;</c>.</param>
internal sealed record TellPerson(string Channel, string User, string Text)
{
    public const string Kind = "tell-person/1";
}
