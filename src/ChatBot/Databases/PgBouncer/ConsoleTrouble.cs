namespace ChatBot.Databases.PgBouncer;

/// <summary>Everything that can be wrong with a console, each in one sentence of our own: what it is, and what to do.</summary>
internal sealed class ConsoleTrouble(PgBouncerTarget target)
{
    public TargetUnavailableException NobodyAnswers => Because(
        UnavailableReason.Unreachable,
        $"Nobody answers for the PgBouncer of {target.Name} at {At}. Check that it runs, and the target's PgBouncer:Host and PgBouncer:Port.");

    public TargetUnavailableException TimedOut => Because(
        UnavailableReason.TimedOut,
        $"The PgBouncer of {target.Name} at {At} did not answer within {target.Within.TotalSeconds:0.#} s. Check that it runs, and what is at this address.");

    public TargetUnavailableException Closed => Because(
        UnavailableReason.Unreachable,
        $"The PgBouncer of {target.Name} at {At} closed the connection in the middle of the talk. Look into its log, and check what is at this address.");

    public TargetUnavailableException WebServer => Because(
        UnavailableReason.Refused,
        $"A web server answers at {At}, and no PgBouncer. Check the PgBouncer:Host and PgBouncer:Port of {target.Name}.");

    public TargetUnavailableException PostgreSql => Because(
        UnavailableReason.Refused,
        $"A PostgreSQL server answers at {At}, and no PgBouncer. Check the PgBouncer:Host and PgBouncer:Port of {target.Name}.");

    public TargetUnavailableException NotPgBouncer => Because(
        UnavailableReason.Refused,
        $"What answers at {At} does not talk like a PgBouncer. Check the PgBouncer:Host and PgBouncer:Port of {target.Name}.");

    public TargetUnavailableException TooMuch => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} at {At} answered with more than the bot reads. Look at its console with psql instead.");

    public TargetUnavailableException NoTls => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} at {At} offers no encryption. Set client_tls_sslmode there, or the target's PgBouncer:Tls to Disable.");

    public TargetUnavailableException TlsRequired => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} at {At} insists on encryption. Set the target's PgBouncer:Tls to Require or VerifyFull.");

    public TargetUnavailableException TlsFailed => Because(
        UnavailableReason.Refused,
        $"The bot and the PgBouncer of {target.Name} at {At} could not agree on an encryption. Check its client_tls settings.");

    public TargetUnavailableException Certificate => Because(
        UnavailableReason.Refused,
        $"The certificate of the PgBouncer of {target.Name} is not for {target.Host}, or from an authority that this machine does not know. "
            + "Check the certificate, or set the target's PgBouncer:Tls to Require.");

    public TargetUnavailableException Login => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} refused the login of {target.User}, and does not say whether name or password is wrong. "
            + "Check the target's PgBouncer:User and PgBouncer:PasswordFile, and PgBouncer's auth_file.");

    public TargetUnavailableException NotAllowed => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} does not let {target.User} read its console. Add {target.User} to stats_users there, and reload it.");

    public TargetUnavailableException Full => Because(
        UnavailableReason.Full,
        $"The PgBouncer of {target.Name} takes no more clients, not even at its console.");

    public TargetUnavailableException NoPassword => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} asks {target.User} for a password, and none is configured. Set the target's PgBouncer:PasswordFile.");

    public TargetUnavailableException PlainPassword => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} asks for the password of {target.User} in plain text, and the connection is not encrypted; the bot did not send it. "
            + "Set auth_type to scram-sha-256 there, or the target's PgBouncer:Tls to Require or VerifyFull.");

    public TargetUnavailableException UnknownMethod => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} wants a kind of login that the bot does not know. Set auth_type to scram-sha-256 there.");

    public TargetUnavailableException PasswordLetters => Because(
        UnavailableReason.Refused,
        $"The password of {target.User} for the PgBouncer of {target.Name} has letters beyond plain ASCII, which the bot can't use for a SCRAM login. Choose another.");

    public TargetUnavailableException Iterations => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} asks for fewer than {ScramClient.FewestIterations} or more than {ScramClient.MostIterations} rounds of hashing. "
            + "Check scram_iterations where the password was set, and what is at this address.");

    public TargetUnavailableException Impostor => Because(
        UnavailableReason.Refused,
        $"What answers at {At} did not prove that it knows the password of {target.User}. Somebody may pose as the PgBouncer of {target.Name}.");

    public TargetUnavailableException Refused => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} at {At} refused the bot. Its log says why.");

    public TargetUnavailableException RefusedCommand(ConsoleCommand command) => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} refused {command.Text()}. The bot knows PgBouncer 1.18 and later; its log says more.");

    /// <param name="column">Of the bot's own list, never a name that the server sent.</param>
    public TargetUnavailableException Unreadable(ConsoleCommand command, string column) => Because(
        UnavailableReason.Refused,
        $"The PgBouncer of {target.Name} answered {command.Text()} without a readable {column}. The bot knows PgBouncer 1.18 and later.");

    private string At => target.IsSocket ? $"{target.Host}/.s.PGSQL.{target.Port}" : $"{target.Host}:{target.Port}";

    private static TargetUnavailableException Because(UnavailableReason reason, string sentence) => new(reason, refusedLogins: 0, sentence);
}
