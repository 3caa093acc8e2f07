namespace ChatBot.Incidents.Runbooks;

/// <summary>What is known of a target, for the placeholders of a page's commands. Null: unknown.</summary>
/// <remarks>There is no password here, and there must never be one.</remarks>
/// <param name="Host">For <c>&lt;host&gt;</c>.</param>
/// <param name="Port">For <c>&lt;port&gt;</c>.</param>
/// <param name="User">For <c>&lt;user&gt;</c>.</param>
/// <param name="Database">For <c>&lt;database&gt;</c>.</param>
/// <param name="Service">For <c>&lt;service-name&gt;</c>.</param>
/// <param name="Namespace">For <c>&lt;namespace&gt;</c>.</param>
public sealed record PlaceholderValues(string? Host, int? Port, string? User, string? Database, string? Service, string? Namespace);
