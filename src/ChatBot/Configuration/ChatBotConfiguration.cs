using System.Collections;
using Microsoft.Extensions.Configuration;

namespace ChatBot.Configuration;

/// <summary>Collects the settings from their sources and reads them strictly.</summary>
internal static class ChatBotConfiguration
{
    /// <summary>appsettings.json beside the program, then the file named by CHATBOT_SETTINGS, then CHATBOT_ variables.</summary>
    /// <param name="environment">As of <see cref="Environment.GetEnvironmentVariables()"/>.</param>
    /// <returns>Null and at least one mistake, or the configuration and none.</returns>
    public static (IConfigurationRoot? Configuration, IReadOnlyList<string> Mistakes) Build(
        string baseFolder,
        IDictionary environment) => throw new NotSupportedException("next commit");

    /// <returns>Null and every mistake there is, one a line; or the options and none.</returns>
    public static (ChatBotOptions? Options, IReadOnlyList<string> Mistakes) Read(IConfiguration configuration) =>
        throw new NotSupportedException("next commit");
}
