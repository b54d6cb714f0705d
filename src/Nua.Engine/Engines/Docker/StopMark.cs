using Nua.Engine.Instances;
using Nua.Foundation.Durable;

namespace Nua.Engine.Engines.Docker;

/// <summary>
/// Says which container is being stopped. The engine goes on stopping when whoever asked for it was killed, and meanwhile calls the container running: the next
/// command must not take it for an application that goes on.
/// </summary>
internal static class StopMark
{
    /// <param name="container">Its id: what is started next has another one.</param>
    public static void Set(InstanceFolder instance, string container)
    {
        try
        {
            DurableFile.CreateDirectory(instance.Run, 0x1C0);
            File.WriteAllText(FileOf(instance), container);
        }
        catch (IOException)
        {
            // A full disk must not keep an application from being stopped.
        }
    }

    public static void Clear(InstanceFolder instance)
    {
        if (File.Exists(FileOf(instance)))
        {
            File.Delete(FileOf(instance));
        }
    }

    public static bool IsOn(InstanceFolder instance, string container)
    {
        try
        {
            return File.ReadAllText(FileOf(instance)) == container;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static string FileOf(InstanceFolder instance) => $"{instance.Run}/stopping";
}
