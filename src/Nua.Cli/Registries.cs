using Nua.Cli.Parsing;
using Nua.Oci;
using Nua.Registry;
using Nua.Registry.Settings;

namespace Nua.Cli;

/// <summary>The way to registries as the user's files, the environment and the command line say.</summary>
internal static class Registries
{
    /// <summary>For the time of one command.</summary>
    /// <param name="plain">May be spoken to in plain HTTP, because the command line says so.</param>
    public static RegistryNetwork Open(Session session, params IEnumerable<ImageReference> plain) =>
        new(Options(session).AllowPlain(plain.Select(reference => reference.Host)));

    public static NetworkOptions Options(Session session) =>
        NetworkOptions.Load(Locations.StoreHome(), Environment.GetEnvironmentVariable, session.Messages.Report);
}
