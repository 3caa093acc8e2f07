using ChatBot.Incidents.Evidence;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Who keeps an object as it says, as its labels, annotations, owners and field managers tell.</summary>
internal static class OwnerSigns
{
    private const string Argo = "Argo CD", Flux = "Flux", Helm = "Helm";

    /// <summary>Of a stranger's name in a sentence.</summary>
    private const int LongestName = 100;

    /// <summary>People's tools, and Kubernetes' own controllers: none of them puts back what others change.</summary>
    private static readonly string[] Harmless = ["kubectl", "kube-controller-manager", "kube-scheduler", "kubelet", "Mozilla", "node-fetch", "k9s", "lens", "rancher", "before-first-apply", Marks.Manager];

    /// <summary>Null when nobody is known to.</summary>
    public static WorkloadOwner? Of(V1ObjectMeta metadata)
    {
        var annotations = metadata.Annotations ?? new Dictionary<string, string>();
        var labels = metadata.Labels ?? new Dictionary<string, string>();
        return ByArgo(annotations, labels)
            ?? ByFlux(labels)
            ?? (annotations.TryGetValue("meta.helm.sh/release-name", out var release) ? new WorkloadOwner(Helm, Name(release), Reverts: false) : null)
            ?? ByOperator(metadata)
            ?? ByManagers(metadata.ManagedFields ?? [])
            ?? ByLabel(labels);
    }

    // The id reads application:group/kind:namespace/name.
    private static WorkloadOwner? ByArgo(IDictionary<string, string> annotations, IDictionary<string, string> labels) =>
        annotations.TryGetValue("argocd.argoproj.io/tracking-id", out var id) ? new WorkloadOwner(Argo, Name(id.Split(':')[0]), Reverts: true)
        : labels.TryGetValue("argocd.argoproj.io/instance", out var instance) ? new WorkloadOwner(Argo, Name(instance), Reverts: true)
        : null;

    /// <remarks>A HelmRelease corrects what others change only where drift detection was asked for.</remarks>
    private static WorkloadOwner? ByFlux(IDictionary<string, string> labels) =>
        labels.TryGetValue("kustomize.toolkit.fluxcd.io/name", out var kustomization) ? new WorkloadOwner(Flux, Name(kustomization), Reverts: true)
        : labels.TryGetValue("helm.toolkit.fluxcd.io/name", out var release) ? new WorkloadOwner(Flux, Name(release), Reverts: false)
        : null;

    private static WorkloadOwner? ByOperator(V1ObjectMeta metadata) => WorkloadPods.ControllerOf(metadata) is { } owner
        ? new WorkloadOwner("an operator", Name($"{owner.Kind} {owner.Name}"), Reverts: true)
        : null;

    private static WorkloadOwner? ByManagers(IEnumerable<V1ManagedFieldsEntry> fields) => fields
        .Where(entry => entry is { Manager.Length: > 0, Subresource: null or "" } && !IsHarmless(entry.Manager) && SetsSpecification(entry))
        .OrderByDescending(entry => entry.Time)
        .Select(entry => entry.Manager switch
        {
            "argocd-controller" or "argocd-application-controller" => new WorkloadOwner(Argo, default, Reverts: true),
            "kustomize-controller" => new WorkloadOwner(Flux, default, Reverts: true),
            "helm-controller" => new WorkloadOwner(Flux, default, Reverts: false),
            "helm" or "Helm" => new WorkloadOwner(Helm, default, Reverts: false),
            _ => new WorkloadOwner("an operator", Name(entry.Manager), Reverts: true),
        })
        .FirstOrDefault();

    // Anybody may write the label, and nobody has to act on it: the weakest sign.
    private static WorkloadOwner? ByLabel(IDictionary<string, string> labels)
    {
        var instance = labels.TryGetValue("app.kubernetes.io/instance", out var name) ? Name(name) : default;
        return (labels.TryGetValue("app.kubernetes.io/managed-by", out var manager) ? manager.ToLowerInvariant() : "") switch
        {
            "helm" => new WorkloadOwner(Helm, instance, Reverts: false),
            "argocd" or "argo-cd" => new WorkloadOwner(Argo, instance, Reverts: true),
            "flux" or "fluxcd" => new WorkloadOwner(Flux, instance, Reverts: true),
            _ => null,
        };
    }

    private static bool IsHarmless(string manager) =>
        Harmless.Any(known => manager.Equals(known, StringComparison.OrdinalIgnoreCase) || manager.StartsWith($"{known}-", StringComparison.OrdinalIgnoreCase));

    private static bool SetsSpecification(V1ManagedFieldsEntry entry) => entry.FieldsV1 is not System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Object } fields
        || fields.TryGetProperty("f:spec", out _);

    private static ForeignText Name(string name) => ForeignText.From(name, LongestName);
}
