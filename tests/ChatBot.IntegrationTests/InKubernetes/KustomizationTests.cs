using System.Text.RegularExpressions;
using ChatBot.IntegrationTests.InKubernetes.Contract;
using ChatBot.IntegrationTests.KubernetesSimulation;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>What operators apply, built by their own tool, and taken by a real API server where one can be had.</summary>
[Collection(RealControlPlanes.Name)]
public sealed partial class KustomizationTests(RealControlPlaneFixture real)
{
    private static readonly string[] Kinds =
    [
        "ConfigMap", "Deployment", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Role", "RoleBinding", "ServiceAccount", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
    ];

    /// <summary>Since 1.26 and 1.30; the real control plane is 1.20. Its expressions are evaluated in <see cref="PolicyTests"/>.</summary>
    private static readonly string[] Newer = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kubectl_builds_all_of_it() =>
        Assert.Equal(Kinds, (await BuildAsync()).Select(KindOf).Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_real_API_server_takes_it()
    {
        using var kubectl = new Kubectl((await real.PlaneAsync()).AdminKubeconfig);
        await kubectl.RunAsync("create", "namespace", "shop");
        var folder = Directory.CreateTempSubdirectory("kustomization-");
        try
        {
            var known = (await BuildAsync()).Where(one => !Newer.Contains(KindOf(one)))
                .Select(one => KindOf(one) == "PodDisruptionBudget" ? one.Replace("policy/v1\n", "policy/v1beta1\n", StringComparison.Ordinal) : one); // the same there under its former name
            var file = Path.Combine(folder.FullName, "all.yaml");
            await File.WriteAllTextAsync(file, string.Join("\n---\n", known.OrderByDescending(one => KindOf(one) == "Namespace")), Stop);

            var applied = await kubectl.RunAsync("apply", "-f", file);

            Assert.Equal(Kinds.Length - Newer.Length, applied.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.EndsWith(" created", StringComparison.Ordinal)));
            Assert.Equal("2", await kubectl.RunAsync("get", "deployment", "chatbot", "-n", "chatbot", "-o", "jsonpath={.spec.replicas}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<string>> BuildAsync()
    {
        using var kubectl = new Kubectl("");
        var built = await kubectl.RunAsync("kustomize", ShopCluster.Manifest("kubernetes"));
        return [.. built.Split("\n---\n", StringSplitOptions.RemoveEmptyEntries)];
    }

    private static string KindOf(string one) => Kind.Match(one).Groups["kind"].Value;

    [GeneratedRegex("^kind: (?<kind>[A-Za-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Kind { get; }
}
