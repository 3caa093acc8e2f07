namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A page that something between the client and the API server puts in the way.</summary>
internal sealed class ProxyPage(int code) : Exception("A proxy answers.")
{
    public int Code { get; } = code;

    public static string Html => "<html><body><h1>Bad Gateway</h1></body></html>";
}
