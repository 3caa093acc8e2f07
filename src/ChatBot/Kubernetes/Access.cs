using System.Globalization;

namespace ChatBot.Kubernetes;

/// <summary>One thing that the bot does at an API server, as Kubernetes' rules name it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">With its subresource: <c>pods/log</c>.</param>
/// <param name="Name">Of the object; null for all of the namespace.</param>
internal sealed record Access(string Verb, string Group, string Resource, string Namespace, string? Name = null)
{
    public const string Apps = "apps";

    public const string Autoscaling = "autoscaling";

    /// <summary>The rule of a Role that allows it, in one line, to be pasted.</summary>
    public string Rule => string.Create(
        CultureInfo.InvariantCulture,
        $"- {{ apiGroups: [\"{Group}\"], resources: [\"{Resource}\"],{(Name is null ? "" : $" resourceNames: [\"{Name}\"],")} verbs: [\"{Verb}\"] }}");

    /// <summary>For a sentence: <c>patch deployments in namespace shop</c>.</summary>
    public string Words => $"{Verb} {Resource} in namespace {Namespace}";

    /// <summary>For a sentence: <c>deployment checkout-api in namespace shop</c>.</summary>
    public string Thing => $"{Singular(Resource.Split('/')[0])} {Name} in namespace {Namespace}";

    private static string Singular(string resource) => resource switch
    {
        "configmaps" => "ConfigMap",
        "statefulsets" => "StatefulSet",
        "daemonsets" => "DaemonSet",
        _ => resource.TrimEnd('s'),
    };
}
