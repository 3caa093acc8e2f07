using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change of one object, as watchers hear of it.</summary>
/// <param name="Object">As it is now; what it was last, when it is deleted.</param>
/// <param name="Before">Null when it is new.</param>
internal sealed record StoreChange(ChangeKind Kind, ResourceType Type, JsonObject Object, JsonObject? Before)
{
    public long ResourceVersion => Object.ResourceVersion();
}

/// <summary>Who writes, for <c>managedFields</c>.</summary>
/// <param name="Manager">As the request says, or the first word of its user agent.</param>
/// <param name="Subresource">Null when the object itself is written.</param>
internal sealed record Writer(string Manager, string? Subresource = null)
{
    public static Writer Controller { get; } = new("kube-controller-manager");

    public static Writer ControllerStatus { get; } = new("kube-controller-manager", "status");

    public static Writer KubeletStatus { get; } = new("kubelet", "status");
}
