# Pages follow.
app_name = "villages"
urlpatterns: list = []
