using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChatBot.Sandbox.Databases;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace ChatBot.IntegrationTests.InKubernetes.Contract;

/// <summary>
/// etcd, kube-apiserver and kube-controller-manager 1.20 as get-control-plane builds them, on free ports of 127.0.0.1. In place
/// of kubelets a stand-in takes pods to Ready and removes them when they are to end; so there are no logs.
/// </summary>
internal sealed class RealControlPlane : IControlPlane
{
    /// <summary>The folder of its programs. Only <c>tests/run deep</c> sets it.</summary>
    public const string Variable = "CHATBOT_CONTROL_PLANE";

    /// <summary>Pods whose image is called so never get ready.</summary>
    public const string NeverReady = "never-ready";

    /// <summary>It takes 4 s, on a busy machine 20.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chatbot-control-plane-");
    private readonly List<Process> _processes = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _url = new($"https://127.0.0.1:{ServerPrograms.FreePort()}");
    private Task _kubelet = Task.CompletedTask;

    public static string? Programs => Environment.GetEnvironmentVariable(Variable);

    public string AdminKubeconfig => Config("admin");

    public string BotKubeconfig => Config("bot");

    public string StrangerKubeconfig => Config("stranger");

    public static async Task<RealControlPlane> StartAsync()
    {
        var plane = new RealControlPlane();
        try
        {
            await plane.StartAllAsync();
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _kubelet;
        foreach (var process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }

        _stopping.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAllAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(In("sa.key"), key.ExportRSAPrivateKeyPem(), patience.Token);
        await File.WriteAllTextAsync(
            In("tokens.csv"),
            """
            admin,admin,1,"system:masters"
            bot,system:serviceaccount:chatbot:chatbot,2,"system:serviceaccounts,system:serviceaccounts:chatbot"

            """,
            patience.Token);
        await File.WriteAllTextAsync(In("kubeconfig"), AdminKubeconfig, patience.Token);
        var (etcd, peer) = ($"http://127.0.0.1:{ServerPrograms.FreePort()}", $"http://127.0.0.1:{ServerPrograms.FreePort()}");
        Start("etcd", "--data-dir=etcd", $"--listen-client-urls={etcd}", $"--advertise-client-urls={etcd}", $"--listen-peer-urls={peer}",
            $"--initial-advertise-peer-urls={peer}", $"--initial-cluster=default={peer}", "--unsafe-no-fsync");
        Start("kube-apiserver", $"--etcd-servers={etcd}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={_url.Port}", "--insecure-port=0",
            "--cert-dir=certs", "--service-cluster-ip-range=10.0.0.0/24", "--service-account-key-file=sa.key", "--service-account-signing-key-file=sa.key",
            $"--service-account-issuer={_url}", "--token-auth-file=tokens.csv", "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount", // pods need none here
            "--endpoint-reconciler-type=none");
        var admin = ClientOf(AdminKubeconfig);
        using (var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
        {
            while (!await IsReadyAsync(admin, patience.Token))
            {
                Assert.All(_processes, process => Assert.False(process.HasExited, $"{process.StartInfo.FileName} ended: see its log"));
                await pace.WaitForNextTickAsync(patience.Token);
            }
        }

        Start("kube-controller-manager", "--kubeconfig=kubeconfig", "--bind-address=127.0.0.1", $"--secure-port={ServerPrograms.FreePort()}", "--port=0", "--leader-elect=false",
            "--controllers=deployment,replicaset,namespace,garbagecollector,resourcequota");
        _kubelet = RunPodsAsync(admin);
    }

    private static async Task<bool> IsReadyAsync(k8s.Kubernetes admin, CancellationToken cancellationToken)
    {
        try
        {
            await admin.CoreV1.ReadNamespaceAsync("default", cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or HttpOperationException)
        {
            return false;
        }
    }

    /// <summary>What kubelets would do.</summary>
    private async Task RunPodsAsync(k8s.Kubernetes admin)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await pace.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var pod in (await admin.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: _stopping.Token)).Items)
                {
                    await RunAsync(admin, pod);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of all pods.
        }
        finally
        {
            admin.Dispose();
        }
    }

    private async Task RunAsync(k8s.Kubernetes admin, V1Pod pod)
    {
        try
        {
            if (pod.Metadata.DeletionTimestamp is not null)
            {
                await admin.CoreV1.DeleteNamespacedPodAsync(pod.Name(), pod.Namespace(), gracePeriodSeconds: 0, cancellationToken: _stopping.Token);
            }
            else if (pod.Status.Phase == "Pending" && !pod.Spec.Containers[0].Image.Contains(NeverReady, StringComparison.Ordinal))
            {
                var now = DateTime.UtcNow;
                string[] conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"];
                var status = new V1PodStatus
                {
                    Phase = "Running",
                    PodIP = "10.1.0.1",
                    StartTime = now,
                    Conditions = [.. conditions.Select(type => new V1PodCondition { Type = type, Status = "True", LastTransitionTime = now })],
                    ContainerStatuses =
                    [
                        .. pod.Spec.Containers.Select(container => new V1ContainerStatus
                        {
                            Name = container.Name, Image = container.Image, ImageID = "", Ready = true, RestartCount = 0,
                            State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = now } },
                        }),
                    ],
                };
                var patch = new V1Patch(KubernetesJson.Serialize(new V1Pod { Status = status }), V1Patch.PatchType.StrategicMergePatch);
                await admin.CoreV1.PatchNamespacedPodStatusAsync(patch, pod.Name(), pod.Namespace(), cancellationToken: _stopping.Token);
            }
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Somebody was faster: the next look tells.
        }
    }

    private void Start(string program, params string[] arguments)
    {
        // Their logs go to files: a pipe that nobody reads would stop them.
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >\"$(basename \"$0\").log\" 2>&1", Path.Combine(Programs!, program), .. arguments])
        {
            WorkingDirectory = _folder.FullName,
        };
        _processes.Add(Process.Start(start)!);
    }

    private static k8s.Kubernetes ClientOf(string kubeconfig)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(kubeconfig));
        return new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private string Config(string token) =>
        $$"""
        { "apiVersion": "v1", "kind": "Config", "current-context": "real",
          "clusters": [{ "name": "real", "cluster": { "server": "{{_url.ToString().TrimEnd('/')}}", "insecure-skip-tls-verify": true } }],
          "users": [{ "name": "real", "user": { "token": "{{token}}" } }],
          "contexts": [{ "name": "real", "context": { "cluster": "real", "user": "real" } }] }
        """;
}
