using System.Security.Cryptography;
using System.Text;

namespace ChatBot.Configuration;

/// <summary>A credential. Prints as <c>***</c>, so it can't slip into a log, an exception text or a card.</summary>
internal class Secret(string value)
{
    private readonly string _value = value;

    /// <summary>The credential itself. Only the line that hands it to its server calls this.</summary>
    public virtual string Reveal() => _value;

    /// <summary>Tells whether it has changed. Not to be shown either: a short secret can be guessed from it.</summary>
    public string Fingerprint() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Reveal())));

    public sealed override string ToString() => "***";
}
