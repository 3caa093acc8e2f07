namespace ChatBot.Terminal;

/// <summary>The store gave no answer: a wish may be on record or not, and sending it again does it once.</summary>
internal sealed class StoreSilentException(Exception cause) : Exception("The store gives no answer.", cause);
