namespace ChatBot.Configuration;

/// <summary>Environment variables of the person at the terminal, who need not be the one who runs the bot.</summary>
internal static class TerminalVariables
{
    /// <summary>Where the bot is, such as http://127.0.0.1:8371.</summary>
    public const string Url = "CHATBOT_URL";

    /// <summary>The person's own token.</summary>
    public const string Token = "CHATBOT_TOKEN";

    /// <summary>The file that holds it.</summary>
    public const string TokenFile = "CHATBOT_TOKEN_FILE";
}
