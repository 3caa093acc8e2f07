using System.Diagnostics.CodeAnalysis;

namespace ChatBot.Sandbox.Databases;

/// <summary>A real MySQL that <c>get-mysql</c> unpacked, or why there is none. Everything has to do without it.</summary>
/// <param name="Folder">Its root folder: the server is <c>usr/sbin/mysqld</c> in it.</param>
/// <param name="Reason">Half a sentence, to go on after "MySQL 9: left out, because".</param>
public sealed record MySqlBinaries(string? Folder, string? Reason)
{
    [MemberNotNullWhen(true, nameof(Folder))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsAvailable => Folder is not null;
}
