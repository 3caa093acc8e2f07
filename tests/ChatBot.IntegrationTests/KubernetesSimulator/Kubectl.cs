using System.Diagnostics;
using System.Text;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>The real kubectl: the one that KUBECTL names, or the first in PATH.</summary>
internal sealed class Kubectl : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubectl-").FullName;

    public Kubectl(KubernetesSimulator simulator, ClusterUser user)
        : this(simulator.KubeconfigFor(user))
    {
    }

    public Kubectl(string kubeconfig)
    {
        File.WriteAllText(Path.Combine(_folder, "config"), kubeconfig);
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>What it prints; it must end well.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await TryAsync(arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)} ended with {code}:\n{error}{output}");
        return output;
    }

    public async Task<(int Code, string Output, string Error)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("KUBECTL") ?? "kubectl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["HOME"] = _folder;
        start.ArgumentList.Add("--kubeconfig=" + Path.Combine(_folder, "config"));
        start.ArgumentList.Add("--cache-dir=" + Path.Combine(_folder, "cache"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var kubectl = Process.Start(start)!;
        kubectl.StandardInput.Close();
        try
        {
            var error = kubectl.StandardError.ReadToEndAsync(Ended);
            var output = await kubectl.StandardOutput.ReadToEndAsync(Ended);
            await kubectl.WaitForExitAsync(Ended);
            return (kubectl.ExitCode, output, await error);
        }
        finally
        {
            if (!kubectl.HasExited)
            {
                kubectl.Kill();
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
